/** How far a client's clock may be off, in either direction, as the gateways document it. */
export const clockSkewMs = 15 * 60_000;

/** How far the clocks of two functions may be apart. What one of them has promised, the other keeps for that long. */
export const functionSkewMs = 1_000;
