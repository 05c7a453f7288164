/** How files that only grow are opened: SECURITY: a link that somebody put in their place is not followed (ELOOP). */
import { constants } from 'node:fs';

// Windows has no such flag, and there only an administrator makes links.
const NOFOLLOW = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW;

/** Reads and appends; the file is made when it is not there. */
export const APPEND: number = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | NOFOLLOW;
