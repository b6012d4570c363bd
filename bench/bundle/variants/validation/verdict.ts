export interface ParametersEvent {
  readonly parameters: Record<string, string>;
}

export const valid = () => ({ statusCode: 200, body: "{}" });

/** Names the parameters at fault; a wording library's own messages never leave the handler. */
export const invalid = (names: readonly unknown[]) => ({
  statusCode: 400,
  body: JSON.stringify([...new Set(names)].sort()),
});

export const regionId = /^[a-z]{2}-[a-z]+(-\d)?$/;
