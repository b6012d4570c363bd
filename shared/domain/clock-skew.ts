/** How far a client's clock may be off, in either direction, as the gateways document it. */
export const clockSkewMs = 15 * 60_000;
