/** The proxy's own five times: it makes requests by them, and compares the signer's with them. */
import { useState } from 'react';
import type { ProxyView } from '#shared/contract/ta-proxy.ts';
import { call } from '../../app/call.ts';
import { useAction } from '../../app/use-action.ts';
import { DialogForm } from '../../components/dialog-form.tsx';
import { Notice } from '../../components/verdict.tsx';
import { TimingFields } from './timing-fields.tsx';

export function ProxyTimesBody({ proxy, onClose }: { proxy: ProxyView; onClose: () => void }) {
  const [timing, setTiming] = useState(proxy.timing);
  const set = useAction('ta.setProxyTiming', async () => {
    await call('ta.setProxyTiming', { timing });
    onClose();
  });
  const fields = set.error?.details.fields ?? [];
  return (
    <DialogForm
      action={set}
      why={JSON.stringify(timing) === JSON.stringify(proxy.timing) ? 'Nothing is changed yet' : null}
      verb="Use these times"
      saidByField={fields.length > 0}
      onClose={onClose}
    >
      <Notice severity="note">
        Keep them equal to the signer's. Each response is compared with these as far as it shows the signer's.
      </Notice>
      <TimingFields
        timing={timing}
        onChange={setTiming}
        problemOf={(field) => fields.find(({ path }) => path === `timing.${field}`)?.message ?? null}
      />
    </DialogForm>
  );
}
