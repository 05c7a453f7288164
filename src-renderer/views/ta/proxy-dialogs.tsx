/** The dialogs of the proxy's half, one open at a time; each body is new with its opening. */
import type { ProxyView } from '#shared/contract/ta-proxy.ts';
import { Dialog } from '../../components/dialog.tsx';
import { AddChildBody } from './add-child.tsx';
import { ProxyTimesBody } from './proxy-times.tsx';
import { MakeBody, RefreshBody, WithdrawBody } from './request-dialogs.tsx';

export type ProxyDialog = 'make' | 'refresh' | 'withdraw' | 'child' | 'times';

const TITLES: Record<ProxyDialog, string> = {
  make: 'Make a request',
  refresh: 'Sign the request anew',
  withdraw: 'Withdraw the request',
  child: 'Add a child',
  times: 'Times of the proxy',
};

const WIDE: ReadonlySet<ProxyDialog> = new Set(['child', 'times']);

export function ProxyDialogs(props: {
  proxy: ProxyView;
  dialog: ProxyDialog | null;
  /** What was opened of a child's file, when it came by dropping. */
  childFile: string | null;
  onClose: () => void;
}) {
  const { proxy, dialog, childFile, onClose } = props;
  const body = { proxy, onClose };
  return (
    <Dialog
      open={dialog !== null}
      onClose={onClose}
      title={dialog === null ? '' : TITLES[dialog]}
      size={dialog !== null && WIDE.has(dialog) ? 'wide' : 'normal'}
    >
      {dialog === 'make' ? <MakeBody {...body} /> : null}
      {dialog === 'refresh' ? <RefreshBody {...body} /> : null}
      {dialog === 'withdraw' ? <WithdrawBody {...body} /> : null}
      {dialog === 'child' ? <AddChildBody {...body} file={childFile} /> : null}
      {dialog === 'times' ? <ProxyTimesBody {...body} /> : null}
    </Dialog>
  );
}
