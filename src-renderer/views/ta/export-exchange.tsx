/** One exchange of the record, written out: as krillta's JSON, which can be checked anywhere, or as the text it prints. */
import { useState } from 'react';
import { call } from '../../app/call.ts';
import { showToast } from '../../app/state.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { SaveTo } from '../../components/save-to.tsx';

const FORMS = {
  json: {
    name: 'exchange.json',
    says: 'Both signed messages, as krillta writes an exchange. It can be checked anywhere, by the two identities alone.',
  },
  text: { name: 'exchange.txt', says: 'What was issued and revoked, as krillta prints it.' },
} as const;

type Form = keyof typeof FORMS;

export function ExportExchange({ id }: { id: string }) {
  const [form, setForm] = useState<Form | null>(null);
  const close = (): void => setForm(null);
  return (
    <>
      {(['json', 'text'] as const).map((one) => (
        <Button key={one} size="small" onPress={() => setForm(one)}>
          Write {FORMS[one].name}…
        </Button>
      ))}
      <Dialog open={form !== null} onClose={close} title={`Write ${form === null ? '' : FORMS[form].name}`}>
        {form === null ? null : (
          <>
            <p className="dim">{FORMS[form].says}</p>
            <SaveTo
              channel="ta.exportExchange"
              purpose="export"
              suggestedName={FORMS[form].name}
              verb="Write"
              write={async (target, overwrite) => {
                const { sha256 } = await call('ta.exportExchange', { id, form, target, overwrite });
                showToast(`${FORMS[form].name} is written, SHA-256 begins ${sha256.slice(0, 8)}`);
                close();
              }}
              onClose={close}
            />
          </>
        )}
      </Dialog>
    </>
  );
}
