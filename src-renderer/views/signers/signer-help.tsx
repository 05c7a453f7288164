/** PKCS#11 or KMIP, what was tried with which device, and a cluster as one device (H-035). */
import { Card } from '../../components/card.tsx';
import { Tag } from '../../components/tag.tsx';
import { Notice } from '../../components/verdict.tsx';

export const PKCS11_ADVICE =
  'The vendor gives a library that Baleen loads in a process of its own. It reaches anything: a USB token, a card, a network HSM, a cloud service. The library has its own settings and logs, and nobody but it knows how long a call may take.';
export const KMIP_ADVICE =
  'Baleen talks to the server itself, over TLS. There is no library to install and watch, time limits are yours, and what goes wrong is said here. The server must speak KMIP 1.0 to 2.0.';

/** What is tried in Baleen's own tests is said apart from what Krill's authors report. */
const DEVICES: readonly [device: string, by: string, form: string, tried: 'here' | 'reported'][] = [
  ['SoftHSM 2.6.1', 'PKCS#11', 'Software', 'here'],
  ['PyKMIP 0.10.0', 'KMIP', 'Software', 'here'],
  ['AWS CloudHSM', 'PKCS#11', 'Cloud service', 'reported'],
  ['Kryptus kNET HSM 1.25', 'PKCS#11 and KMIP', 'Cloud service', 'reported'],
  ['Utimaco Security Server 4.45', 'PKCS#11', 'Simulator', 'reported'],
  ['YubiHSM 2', 'PKCS#11', 'USB key', 'reported'],
];

function Devices() {
  return (
    <table className="table">
      <thead>
        <tr>
          <th>Device</th>
          <th>By</th>
          <th>What it is</th>
          <th>Tried</th>
        </tr>
      </thead>
      <tbody>
        {DEVICES.map(([device, by, form, tried]) => (
          <tr key={device}>
            <td>{device}</td>
            <td>{by}</td>
            <td>{form}</td>
            <td>
              {tried === 'here' ? (
                <Tag tone="good">in Baleen's tests</Tag>
              ) : (
                <Tag>with Krill, by its authors</Tag>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function SignerHelp({ open }: { open: boolean }) {
  return (
    <Card title="PKCS#11 or KMIP?">
      <details className="details" open={open}>
        <summary>What to choose, and which devices work</summary>
        <div className="stack signer-help">
          <div className="columns">
            <div>
              <h3>PKCS#11</h3>
              <p className="dim">{PKCS11_ADVICE}</p>
            </div>
            <div>
              <h3>KMIP</h3>
              <p className="dim">{KMIP_ADVICE}</p>
            </div>
          </div>
          <Devices />
          <Notice severity="note">
            A cluster works when it looks like one device: one library and slot, or one address. Baleen does
            not know that there are several, and cannot choose among them.
          </Notice>
        </div>
      </details>
    </Card>
  );
}
