/**
 * The window's entry: zod is told that the policy forbids `eval`, then the application is loaded. The order
 * counts: a schema looks at the setting when it is made, so everything with schemas comes by the later import.
 */
import * as z from 'zod';

z.config({ jitless: true });

const { start } = await import('./app/start.tsx');
start();
