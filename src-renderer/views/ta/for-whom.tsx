/** For whom a trust anchor of one's own is meant, and for whom not (T-046). Words only. */
import { Notice } from '../../components/verdict.tsx';

export function ForWhom() {
  return (
    <Notice severity="note">
      <p>
        <b>Meant for</b> registries, test beds, study and private networks whose routers are told to trust
        this TAL.
      </p>
      <p>
        <b>Not needed</b> by whoever only certifies own routes on the Internet: for that a CA is set up below
        the registry that gave out the addresses. No public validator knows a trust anchor made here.
      </p>
    </Notice>
  );
}
