import type * as v from "valibot";
import type { Scheme } from "./auth/authenticate.ts";
import type { Principal } from "./auth/principal.ts";
import type { CancelRules } from "./cancellation/decide-cancel.ts";
import type { Render, StateNames } from "./dialects/reply.ts";
import type { Secret } from "./validation/secret.ts";

/** A kind of job: where its native ids are unique, which types there are, and what its provider lets be cancelled. */
export interface Service<Scope extends object = object> {
  readonly name: string;
  readonly scope: v.GenericSchema<unknown, Scope>;
  readonly jobId: v.GenericSchema<unknown, string>;
  /** The parts of the scope in which a native job id is unique, in a fixed order. */
  identity(scope: Scope): readonly string[];
  /** The project, instance or workspace that owns the jobs of a scope. */
  owner(scope: Scope): string;
  /** The first is the type of a job that is registered without one. */
  readonly jobTypes: readonly [string, ...string[]];
  readonly cancel: CancelRules;
  readonly states: StateNames;
  readonly takesSecret: boolean;
}

/** What a request to cancel names, past its provider's spelling. */
export interface Target<Scope extends object> {
  readonly scope: Scope;
  readonly jobId: string;
  readonly secret?: Secret;
}

export interface RestRoute {
  readonly method: string;
  readonly path: string;
}

export interface RpcRoute {
  readonly action: string;
  readonly version: string;
}

/** One documented cancel API: what it is, as data and pure functions. */
export interface Operation<Parameters = unknown, Scope extends object = object> {
  /** The name of its folder, its function and its queue. */
  readonly name: string;
  readonly service: Service<Scope>;
  /** The path of a REST-style API, or the action of an RPC-style one. */
  readonly route: RestRoute | RpcRoute;
  readonly parameters: v.GenericSchema<unknown, Parameters>;
  normalize(parameters: Parameters): Target<Scope>;
  readonly permission: {
    readonly action: string;
    resource(parameters: Parameters, principal: Principal): string;
  };
  /** How callers of this API say who they are, in the order in which they are looked for. */
  readonly authentication: readonly Scheme[];
  readonly render: Render;
}

/** Checks a declaration's types against each other; at run time it is the declaration itself. */
export const defineOperation = <Parameters, Scope extends object, Route extends RestRoute | RpcRoute>(
  operation: Operation<Parameters, Scope> & { readonly route: Route },
) => operation;

export const defineService = <Scope extends object>(service: Service<Scope>) => service;
