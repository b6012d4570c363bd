export interface Secrets {
  /** Undefined where there is none of this name. */
  find(name: string): Promise<string | undefined>;
}
