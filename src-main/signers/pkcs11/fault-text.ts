/** What a failure means to the operator. */
import type { DeviceTrouble } from '../device.ts';

export interface FaultText {
  trouble: DeviceTrouble;
  /** One sentence, what to do next. */
  text: string;
  cause: string;
  check: string;
  fix: string;
}
