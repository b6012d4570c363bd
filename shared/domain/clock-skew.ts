/** How far a client's clock may be off, in either direction, as the gateways document it. */
export const clockSkewMs = 15 * 60_000;

/** How far a queue's clock and a function's may be apart; two functions' clocks are closer. */
export const queueSkewMs = 2_000;

/** How far the clocks of two functions may be apart. What one of them has promised, the other keeps for that long. */
export const functionSkewMs = 1_000;
