/** A certificate as a file: which form, with or without its key, where. */
import { useState } from 'react';
import { call } from '../../app/call.ts';
import { useQuery } from '../../app/use-query.ts';
import { RadioCards } from '../../components/choices.tsx';
import type { Option } from '../../components/choices.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { KeyPassphrase, keyPassphraseProblem, NO_KEY_PASSPHRASE } from '../../components/key-passphrase.tsx';
import { SaveTo } from '../../components/save-to.tsx';
import { Notice } from '../../components/verdict.tsx';

type Format = 'pem' | 'der' | 'chain' | 'pkcs12' | 'key';

const FORMATS: readonly Option<Format>[] = [
  {
    value: 'chain',
    label: 'Full chain',
    detail: 'PEM, the certificate first, without the root: what servers want',
    tag: 'usual',
  },
  { value: 'pem', label: 'Certificate, PEM', detail: 'this one alone, as text' },
  { value: 'der', label: 'Certificate, DER', detail: 'this one alone, binary' },
  {
    value: 'pkcs12',
    label: 'PKCS#12',
    detail: 'certificate, chain and key in one encrypted file (.p12, .pfx)',
  },
  { value: 'key', label: 'Private key', detail: 'PKCS#8, PEM' },
];

export interface ExportDialogProps {
  id: string;
  /** Its private key, when the workspace knows where that is. */
  keyId: string | null;
  open: boolean;
  onClose: () => void;
}

export function ExportDialog(props: ExportDialogProps) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Export" size="wide">
      <ExportBody {...props} />
    </Dialog>
  );
}

function ExportBody({ id, keyId, onClose }: ExportDialogProps) {
  const [format, setFormat] = useState<Format>('chain');
  const [secret, setSecret] = useState(NO_KEY_PASSPHRASE);
  const [done, setDone] = useState<{ path: string; backup: string | null; mode: string } | null>(null);
  const key = useQuery('keys.get', { id: keyId ?? '' }, ['keys'], { skip: keyId === null });
  const mayLeave = key.data?.exportable ?? false;
  const whyNoKey =
    keyId === null || key.error
      ? 'its private key is not in this workspace'
      : 'its private key lies in a device and cannot leave it';
  const suggested = useQuery('ca.suggestExport', { id, format }, []);
  const holdsKey = format === 'pkcs12' || format === 'key';
  const plain = format === 'key' && secret.plain;
  return (
    <div className="stack">
      <RadioCards
        label="What"
        value={format}
        onChange={(next) => {
          setFormat(next);
          setDone(null);
        }}
        options={FORMATS.map((option) =>
          option.value === 'pkcs12' || option.value === 'key'
            ? {
                ...option,
                disabled: !mayLeave,
                ...(mayLeave || key.loading ? {} : { detail: whyNoKey }),
              }
            : option,
        )}
      />
      {holdsKey ? (
        <KeyPassphrase
          value={format === 'pkcs12' ? { ...secret, plain: false } : secret}
          onChange={(next) => {
            setSecret(next);
            setDone(null);
          }}
          mayBePlain={format === 'key'}
        />
      ) : null}
      {done === null ? null : (
        <Notice severity="good" live>
          Written to <span className="mono wrap">{done.path}</span>, mode {done.mode}
          {done.backup === null ? '.' : '; the old file is beside it.'}
        </Notice>
      )}
      <SaveTo
        // Another form, another name: a place chosen for one is not meant for the other.
        key={format}
        channel="ca.export"
        purpose={holdsKey ? 'privateKey' : 'export'}
        suggestedName={suggested.data?.name ?? 'certificate.pem'}
        verb={holdsKey ? (plain ? 'Export unencrypted' : 'Export encrypted') : 'Export'}
        whyNot={
          holdsKey ? keyPassphraseProblem(format === 'pkcs12' ? { ...secret, plain: false } : secret) : null
        }
        onClose={onClose}
        onPlace={() => setDone(null)}
        write={async (target, overwrite) => {
          setDone(
            await call('ca.export', {
              id,
              format,
              target,
              passphrase: holdsKey && !plain ? secret.first : null,
              overwrite,
            }),
          );
          setSecret(NO_KEY_PASSPHRASE);
        }}
      />
    </div>
  );
}
