/** What the file chooser looks like: one page of HTML per step, made from a view, and its style. It decides nothing. */

export interface ChooserEntry {
  name: string;
  path: string;
  isFolder: boolean;
  size: number;
  changedAt: Date;
}

export interface ChooserView {
  kind: 'folder' | 'save' | 'open';
  title: string;
  folder: string;
  parent: string;
  home: string;
  name: string;
  hidden: boolean;
  /** Why the last step did not lead on; empty when it did. */
  problem: string;
  entries: ChooserEntry[];
}

/** No script at all: links and forms do everything, so the keyboard works as in any page. */
export const CHOOSER_CSP =
  "default-src 'none'; style-src https://chooser.baleen.invalid; form-action https://chooser.baleen.invalid; base-uri 'none'; frame-ancestors 'none'";

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0) ?? 0};`);
}

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1_048_576) return `${(bytes / 1024).toFixed(1)} KiB`;
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}

const VERB = { folder: 'Choose this folder', save: 'Save here', open: 'Open' };

export function chooserPage(base: string, view: ChooserView): string {
  const link = (folder: string, more: Record<string, string> = {}): string => {
    const query = new URLSearchParams({ folder, name: view.name, hidden: view.hidden ? '1' : '0', ...more });
    return escape(`${base}?${query.toString()}`);
  };
  const keep = (fields: Record<string, string>): string =>
    Object.entries(fields)
      .map(([name, value]) => `<input type="hidden" name="${name}" value="${escape(value)}">`)
      .join('');
  const state = { folder: view.folder, hidden: view.hidden ? '1' : '0' };
  const filesShown = view.kind !== 'folder';
  const rows = view.entries
    .filter((entry) => entry.isFolder || filesShown)
    .map((entry) => {
      const date = entry.changedAt.toISOString().slice(0, 16).replace('T', ' ');
      const facts = `<span class="size">${entry.isFolder ? '' : size(entry.size)}</span><time>${date} UTC</time>`;
      if (entry.isFolder)
        return `<a class="row folder" href="${link(entry.path)}"><span class="name">${escape(entry.name)}/</span>${facts}</a>`;
      if (view.kind === 'save')
        return `<a class="row" href="${link(view.folder, { name: entry.name })}"><span class="name">${escape(entry.name)}</span>${facts}</a>`;
      const checked = entry.name === view.name ? ' checked' : '';
      return `<label class="row"><input type="radio" name="name" value="${escape(entry.name)}" form="choose"${checked}><span class="name">${escape(entry.name)}</span>${facts}</label>`;
    });
  const empty = filesShown ? 'This folder is empty.' : 'There are no folders in here.';
  const name =
    view.kind === 'save'
      ? `<label for="name">File name</label><input id="name" name="name" form="choose" value="${escape(view.name)}" maxlength="200" autocomplete="off" spellcheck="false" autofocus>`
      : '';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escape(view.title)}</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="${escape(base)}.css"></head><body>
<header><h1>${escape(view.title)}</h1>
<form class="path" action="${escape(base)}">${keep({ ...state, name: view.name, do: 'go' })}
<label for="path">Folder</label><input id="path" name="path" value="${escape(view.folder)}" spellcheck="false" autocomplete="off"${view.kind === 'folder' ? ' autofocus' : ''}><button>Go</button></form>
<nav aria-label="Places"><a href="${link(view.parent)}">Up</a><a href="${link(view.home)}">Home</a><a href="${link('/')}">File system</a><a href="${link(view.folder, { hidden: view.hidden ? '0' : '1' })}">${view.hidden ? 'Leave out hidden files' : 'Show hidden files'}</a></nav>
${view.problem === '' ? '' : `<p class="problem" role="alert">${escape(view.problem)}</p>`}</header>
<main aria-label="Contents of the folder">${rows.length === 0 ? `<p class="empty">${empty}</p>` : rows.join('\n')}</main>
<footer>
${view.kind === 'open' ? '' : `<form class="make" action="${escape(base)}">${keep({ ...state, name: view.name, do: 'make' })}<label for="made">New folder</label><input id="made" name="made" maxlength="200" autocomplete="off" spellcheck="false"><button>Make folder</button></form>`}
<div class="end">${name}
<form action="${escape(base)}">${keep({ do: 'cancel' })}<button>Cancel</button></form>
<form id="choose" action="${escape(base)}">${keep({ ...state, do: 'choose' })}<button class="primary">${VERB[view.kind]}</button></form></div>
</footer></body></html>`;
}

/** The tokens of the design, light and dark. */
export const CHOOSER_STYLE = `
:root { color-scheme: light dark; --bg: light-dark(#eef1f4, #0e151b); --surface: light-dark(#ffffff, #151e26);
  --sunken: light-dark(#f5f7f9, #111920); --line: light-dark(#dbe1e7, #26333f); --control: light-dark(#84919e, #60727f);
  --ink: light-dark(#14202c, #e7edf2); --second: light-dark(#4a5a6a, #a9b8c5); --accent: light-dark(#0b6b74, #4fc1c9);
  --accent-ink: light-dark(#ffffff, #062226); --soft: light-dark(#dff0f1, #12343a); --bad: light-dark(#b3261e, #ff8f86);
  --bad-soft: light-dark(#fce8e6, #3d1714); }
* { box-sizing: border-box; }
html, body { height: 100%; margin: 0; }
body { display: flex; flex-direction: column; background: var(--bg); color: var(--ink); font: 13px/1.5 Inter, system-ui, sans-serif; }
header, footer { padding: 12px 16px; background: var(--surface); display: grid; gap: 8px; }
header { border-bottom: 1px solid var(--line); } footer { border-top: 1px solid var(--line); }
h1 { font-size: 15px; margin: 0; } form { display: flex; gap: 8px; align-items: center; margin: 0; }
label[for] { color: var(--second); white-space: nowrap; } .path input, .end > input { flex: 1; min-width: 0; }
nav { display: flex; gap: 16px; } a { color: var(--accent); } nav a { text-underline-offset: 2px; }
input:not([type=radio]), button { font: inherit; height: 30px; padding: 0 10px; border: 1px solid var(--control); border-radius: 6px; background: var(--surface); color: var(--ink); }
button { cursor: pointer; white-space: nowrap; } .primary { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); font-weight: 600; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
main { flex: 1; overflow: auto; background: var(--sunken); padding: 4px 8px; }
.row { display: flex; gap: 12px; align-items: center; min-height: 30px; padding: 0 8px; border-bottom: 1px solid var(--line); color: var(--ink); text-decoration: none; }
.row:hover, .row:has(:checked) { background: var(--soft); } .row .name { flex: 1; overflow-wrap: anywhere; }
.folder .name { font-weight: 600; } .size, time { color: var(--second); font-variant-numeric: tabular-nums; white-space: nowrap; }
.empty { color: var(--second); text-align: center; } .problem { margin: 0; padding: 6px 10px; border-radius: 6px; background: var(--bad-soft); color: var(--bad); }
.end { display: flex; gap: 8px; align-items: center; justify-content: flex-end; }
@media (prefers-contrast: more) { :root { --line: var(--ink); --control: var(--ink); --second: var(--ink); } }
`;
