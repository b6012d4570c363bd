import type { Connection } from "../../../shared/domain/connection.ts";
import type { Secrets } from "../../../shared/ports/secrets.ts";

export interface Finding {
  readonly isGood: boolean;
  readonly text: string;
}

interface Seen {
  readonly role: string;
  readonly version: string;
  readonly is_superuser: boolean;
  readonly may_signal: boolean;
  readonly may_see: boolean;
  readonly is_standby: boolean;
  readonly superusers: number;
}

const question = `select current_user as role, current_setting('server_version') as version,
    (select rolsuper from pg_roles where rolname = current_user) as is_superuser,
    pg_has_role('pg_signal_backend', 'usage') as may_signal,
    pg_has_role('pg_read_all_stats', 'usage') as may_see,
    pg_is_in_recovery() as is_standby,
    (select count(*)::int from pg_stat_activity a join pg_roles r on r.oid = a.usesysid
      where r.rolsuper and a.pid <> pg_backend_pid() and a.backend_type = 'client backend') as superusers`;

/** Connects as Standdown would, and says what it may see and end there. */
export const examine = async (connection: Connection, find: Secrets["find"]): Promise<readonly Finding[]> => {
  const { url, secretRef } = connection;
  const { default: pg } = await import("pg");
  const secret = secretRef === undefined ? undefined : await find(secretRef);
  if (secretRef !== undefined && secret === undefined)
    return [{ isGood: false, text: `there is no secret ${secretRef}: name a file with --secrets` }];
  const client = new pg.Client({
    connectionString: url.reveal(),
    connectionTimeoutMillis: 5_000,
    ...(secret === undefined ? {} : { password: secret }),
  });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<Seen>(question);
    return rows.flatMap((seen) => describe(seen, connection));
  } catch (error) {
    return [{ isGood: false, text: `it cannot be reached: ${(error as Error).message}` }];
  } finally {
    await client.end().catch(() => {});
  }
};

const describe = (seen: Seen, { mayDropIndexes }: Connection): readonly Finding[] => {
  const { role, version, is_superuser, may_signal, may_see, is_standby, superusers } = seen;
  const may = (isGood: boolean, what: string, right: string): Finding => ({
    isGood,
    text: isGood ? `${role} may ${what}` : `${role} may not ${what}: grant ${right} to ${role}`,
  });
  return [
    {
      isGood: !is_standby,
      text: is_standby ? "a standby: its sessions are others" : `PostgreSQL ${version}, as ${role}`,
    },
    may(may_signal || is_superuser, "end sessions of other roles", "pg_signal_backend"),
    may(may_see || is_superuser, "see when sessions began", "pg_read_all_stats"),
    ...(superusers > 0 && !is_superuser
      ? [{ isGood: true, text: `${superusers} sessions of superusers are there, which only a superuser may end` }]
      : []),
    {
      isGood: true,
      text: mayDropIndexes ? "INVALID indexes are dropped where a job asks for it" : "INVALID indexes stay",
    },
  ];
};
