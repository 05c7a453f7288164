/** The Net port over Node's http, https and tls, for both shells. Only this folder names a network module. */
import type { Net } from '../../../ports.ts';
import { dial } from './dial.ts';
import { listen } from './listen.ts';
import { peek, request } from './request.ts';

export const nodeNet: Net = { request, peek, listen, dial };
