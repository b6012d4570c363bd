/** Tells whether the API can be reached, as a worker would reach it. */
export interface ApiProbe {
  /** Never fails: an API that gives no good answer in time is not up. */
  isUp(): Promise<boolean>;
}
