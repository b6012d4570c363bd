import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Plan, Trigger } from "../plan/plan.ts";
import { type Contained, type Containment, startContained } from "../referee/containment.ts";
import { type Effect, monotonicMs, readEffects } from "../referee/effects.ts";
import { isFinal, type ReceiptWatch, watchReceipts } from "../referee/readings.ts";
import { startWire, type Wire, type WireEvent } from "../referee/wire.ts";
import { commandOf, environmentOf, type WorkSettings } from "../work/start-work.ts";
import { projectId, type World } from "../worlds/world.ts";
import { type SignedCancel, signCancel } from "./signed-cancel.ts";

/** The principal of the campaign and of its workers. */
export const tokenOf = (tier: Plan["tier"]): string => (tier === "A" ? "ops-token" : "dev-token");

export interface StageOptions {
  readonly plan: Plan;
  readonly world: World;
  readonly containment: Containment;
  /** For effect logs and flags. */
  readonly directory: string;
  readonly work: WorkSettings;
}

/** One job with its work, its way to the API and its referee. Faults act on it. */
export class Stage {
  readonly plan: Plan;
  readonly world: World;
  readonly work: WorkSettings;
  readonly containment: Containment;
  readonly jobId: string;
  readonly receipts: ReceiptWatch;
  readonly wire: Wire;
  uid = "";
  /** Whether the worker sends nothing although it lives: nobody waits for its heartbeats then. */
  isMute = false;
  isAccepted = false;
  cancelledAt: number | undefined;
  cancelledProductAt: number | undefined;
  /** The native cancel, once it was sent. */
  signed: SignedCancel | undefined;
  next: { state: string; isCancelled: boolean } | undefined;
  /** The fault that acts at the moment. */
  acting = "";
  readonly #fired = new Set<string>();
  readonly #directory: string;
  readonly #effects: string;
  #contained: Contained | undefined;

  private constructor({ plan, world, work, containment, directory }: StageOptions, wire: Wire) {
    this.plan = plan;
    this.world = world;
    this.work = work;
    this.containment = containment;
    this.wire = wire;
    this.jobId = `truth-${plan.seed}-${plan.tier}-${plan.index}`;
    this.#directory = path.join(directory, this.jobId);
    this.#effects = path.join(this.#directory, "effects");
    rmSync(this.#directory, { recursive: true, force: true });
    mkdirSync(this.#directory);
    // A database server that runs for somebody else leaves its effects there too.
    chmodSync(this.#directory, 0o777);
    const population = () => this.#contained?.population();
    this.receipts = watchReceipts({ send: world.ask, token: this.token, now: world.now, population });
  }

  static async open(options: StageOptions): Promise<Stage> {
    return new Stage(options, await startWire(options.world.send, options.world.now));
  }

  /** Set by a fault that has seen itself happen. */
  set fired(isFired: boolean) {
    if (isFired) this.#fired.add(this.acting);
  }

  hasFired(name: string): boolean {
    return this.#fired.has(name);
  }

  get token(): string {
    return tokenOf(this.plan.tier);
  }

  get registration() {
    const { world, work } = this;
    const maxRuntimeSeconds = this.plan.trigger === "schedule" ? { maxRuntimeSeconds: world.maxRuntimeSeconds } : {};
    return {
      service: "dli",
      scope: { projectId },
      jobId: this.jobId,
      jobType: "QUERY",
      state: work.state,
      heartbeatTimeoutSeconds: world.leaseSeconds,
      graceSeconds: world.graceSeconds,
      ...maxRuntimeSeconds,
    };
  }

  async post(target: string, body: object, more: Readonly<Record<string, string>> = {}) {
    const headers = { authorization: `Bearer ${this.token}`, "content-type": "application/json", ...more };
    const { status, text } = await this.world.ask("POST", target, { headers, body: JSON.stringify(body) });
    return { status, body: text === "" ? {} : JSON.parse(text) };
  }

  async get(target: string) {
    const { text } = await this.world.ask("GET", target, { headers: { authorization: `Bearer ${this.token}` } });
    return JSON.parse(text);
  }

  async register() {
    const { status, body } = await this.post("/jobs", this.registration, { "idempotency-key": this.jobId });
    if (status === 201) this.uid = body.uid;
    return status;
  }

  /** Starts the worker: one without the client works for a job that is registered already. */
  async startWorker(): Promise<void> {
    const { plan, world, wire, uid, jobId, token, registration } = this;
    const directory = this.#directory;
    const env = environmentOf({
      plan,
      work: this.work,
      world,
      port: wire.port,
      uid,
      jobId,
      token,
      registration,
      directory,
    });
    this.#contained = await startContained(this.containment, commandOf(plan.kind), { ...env, EFFECTS: this.#effects });
  }

  effects(): readonly Effect[] {
    return readEffects(this.#effects, this.jobId);
  }

  /** Speaks to the worker: a file that is there or not. */
  flag(name: string, isSet = true): void {
    const file = path.join(this.#directory, name);
    if (isSet) writeFileSync(file, "");
    else rmSync(file, { force: true });
  }

  tell(line: string): void {
    this.#contained?.tell(line);
  }

  population(): number | undefined {
    return this.#contained?.population();
  }

  isWorkerAlive(): boolean {
    return this.#contained?.isWorkerAlive() ?? true;
  }

  isBystanderAlive(): boolean | undefined {
    return this.#contained?.isBystanderAlive();
  }

  /** What the worker of this job has asked the API. */
  heard(): readonly WireEvent[] {
    return this.wire.events.filter(({ uid }) => uid === this.uid);
  }

  /** Asks again and again until it is so, or for so long. */
  async until(isSo: () => boolean, withinMs: number): Promise<boolean> {
    const deadline = monotonicMs() + withinMs;
    while (!isSo()) {
      if (monotonicMs() > deadline) return false;
      await pause(5);
    }
    return true;
  }

  /** Lets the product's time pass in parts, and each time waits for a worker that can at least try to be heard. */
  async passFairly(ms: number): Promise<void> {
    const part = (this.world.leaseSeconds * 1000) / 3;
    for (let left = ms; left > 0; left -= part) {
      const tried = () => this.heard().length + this.wire.dropped();
      const before = tried();
      await this.world.pass(Math.min(part, left));
      const canTry = () => !this.isMute && this.isWorkerAlive();
      if (canTry()) await this.until(() => tried() > before || !canTry(), 3_000);
    }
  }

  async cancel(trigger: Trigger = this.plan.trigger): Promise<void> {
    if (trigger === "schedule") {
      // Before the time passes: a cleanup that runs by itself may be faster.
      this.cancelledProductAt ??= this.world.now();
      await this.passFairly(this.world.maxRuntimeSeconds * 1000 + 1);
    }
    this.cancelledAt ??= monotonicMs();
    this.cancelledProductAt ??= this.world.now();
    this.isAccepted = (await this.#ask(trigger)) || this.isAccepted;
    await this.read();
  }

  /** Whether the answer says that the job is being cancelled. */
  async #ask(trigger: Trigger): Promise<boolean> {
    const { world, uid, jobId } = this;
    switch (trigger) {
      case "native": {
        this.signed ??= signCancel(world, jobId);
        const { target, headers } = this.signed;
        const { status } = await world.ask("DELETE", target, { headers });
        if (status >= 500) throw new Error(`the cancel was answered ${status}`);
        return status === 200;
      }
      case "job-api": {
        const { status } = await this.post(`/jobs/${uid}/cancel`, { reason: "campaign" });
        if (status >= 500) throw new Error(`the cancel was answered ${status}`);
        return status === 200 || status === 202;
      }
      case "queue":
        await world.deliver(this.message, world.now());
        return world.isReliable;
      case "schedule":
        await world.cleanup();
        return world.isReliable;
      default:
        throw new Error(`unknown trigger ${trigger satisfies never}`);
    }
  }

  get message() {
    return { operation: "cancel-sql-job", parameters: { project_id: projectId, job_id: this.jobId } };
  }

  /** Waits until what was delivered has been dealt with. */
  async settleQueue(): Promise<void> {
    await this.world.settleQueue?.();
  }

  /** Reads the receipt; nothing is read while the API is away. */
  async read(): Promise<boolean> {
    const receipt = await this.receipts.read(this.uid).catch(() => undefined);
    return receipt !== undefined && isFinal(receipt);
  }

  /** Reads until there is an outcome, or for so long of the real time. */
  async watch(ms: number): Promise<boolean> {
    const deadline = monotonicMs() + ms;
    for (;;) {
      if (await this.read()) return true;
      if (monotonicMs() > deadline) return false;
      await pause(this.world.readEveryMs);
    }
  }

  /** Lets so much time pass, and has the cancellation checked as the delayed messages would. */
  async passAndCheck(ms: number): Promise<boolean> {
    await this.passFairly(ms);
    await this.world.check(this.uid);
    return this.read();
  }

  async close(): Promise<void> {
    await this.#contained?.close();
    await this.wire.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
