/** Names of the two channels between preload and main. Nothing else is ever sent. */
export const CALL_CHANNEL = 'baleen:call';
export const EVENT_CHANNEL = 'baleen:event';
