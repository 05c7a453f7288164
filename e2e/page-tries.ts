/**
 * What script in the page can do to reach somebody, in the window's own world: runs inside the page, so it may use nothing
 * from outside its own body. It looks at no outcome: what was sent is counted outside.
 */

/** Tries them all towards `host`; answers the names of those that could at least be begun. Ends after some seconds. */
export async function pageTries({
  host,
  tcp,
  udp,
}: {
  host: string;
  tcp: number;
  udp: number;
}): Promise<string[]> {
  const begun: string[] = [];
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const element = (name: string, fields: Record<string, string>): void => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(fields)) made.setAttribute(key, value);
    document.body.append(made);
    setTimeout(() => made.remove(), 1500);
  };
  const peer = async (): Promise<void> => {
    const connection = new RTCPeerConnection({
      iceServers: [
        {
          urls: [
            `stun:${host}:${udp}`,
            `turn:${host}:${udp}?transport=udp`,
            `turn:${host}:${tcp}?transport=tcp`,
            `turns:${host}:${tcp}?transport=tcp`,
          ],
          username: 'secret-of-the-page',
          credential: 'x',
        },
      ],
    });
    connection.createDataChannel('x');
    await connection.setLocalDescription(await connection.createOffer());
    await wait(2500);
    connection.close();
  };
  const tries: Record<string, () => unknown> = {
    fetch: () => fetch(`http://${host}:${tcp}/`, { mode: 'no-cors' }),
    'fetch over TLS': () => fetch(`https://${host}:${tcp}/`, { mode: 'no-cors' }),
    XMLHttpRequest: () => {
      const request = new XMLHttpRequest();
      request.open('GET', `http://${host}:${tcp}/`);
      request.send();
    },
    beacon: () => navigator.sendBeacon(`http://${host}:${tcp}/`, 'x'),
    'event source': () => new EventSource(`http://${host}:${tcp}/`),
    'web socket': () => new WebSocket(`ws://${host}:${tcp}/`),
    'web transport': async () => {
      const transport = new WebTransport(`https://${host}:${udp}/`);
      await transport.ready;
    },
    image: () => void (new Image().src = `http://${host}:${tcp}/x.png`),
    'style sheet': () => element('link', { rel: 'stylesheet', href: `http://${host}:${tcp}/x.css` }),
    font: async () => {
      await new FontFace('x', `url(http://${host}:${tcp}/x.woff2)`).load();
    },
    frame: () => element('iframe', { src: `http://${host}:${tcp}/` }),
    media: () => element('video', { src: `http://${host}:${tcp}/x.mp4`, autoplay: '' }),
    'ping of a link': () => {
      const link = document.createElement('a');
      link.href = `https://baleen.invalid/#`;
      link.ping = `http://${host}:${tcp}/`;
      link.addEventListener('click', (event) => event.preventDefault());
      link.click();
    },
    'DNS prefetch': () => element('link', { rel: 'dns-prefetch', href: `http://${host}/` }),
    preconnect: () => element('link', { rel: 'preconnect', href: `http://${host}:${tcp}/` }),
    'preconnect over TLS': () => element('link', { rel: 'preconnect', href: `https://${host}:${tcp}/` }),
    prefetch: () => element('link', { rel: 'prefetch', href: `http://${host}:${tcp}/` }),
    preload: () => element('link', { rel: 'preload', as: 'image', href: `http://${host}:${tcp}/x.png` }),
    prerender: () => element('link', { rel: 'prerender', href: `http://${host}:${tcp}/` }),
    'second window': () => window.open(`http://${host}:${tcp}/`, '_blank'),
    worker: () => new Worker(`http://${host}:${tcp}/x.js`),
    peer,
  };
  const running = Object.entries(tries).map(async ([name, run]) => {
    try {
      await Promise.race([run(), wait(3000)]);
      begun.push(name);
    } catch {
      // Refused in the page already; what counts is what was sent.
    }
  });
  await Promise.all(running);
  await wait(500);
  return begun;
}
