import type { ColumnType, Generated } from 'kysely';

/** Columns as TypeScript reads them. int8 arrives as text, so sums are cast to float8 where they are read (exact to 2^53). */
export interface Tables {
  series: SeriesTable;
  facet: { id: Generated<number>; key: Buffer; event_type: string; event_name: string; app_version: string; reason: string };
  minute_count: CountTable & { minute: Date };
  minute_step: CountTable & { minute: Date };
  hour_count: CountTable & { hour: Date };
  hour_step: CountTable & { hour: Date };
  day_count: CountTable & { day: Date };
  day_step: CountTable & { day: Date };
  sync: SyncTable;
  sample: SampleTable;
  gauge: { series: number; metric: string; at: Date; value: number };
  batch: { workspace: string; sender: string; id: string; body_hash: Buffer; at: Date };
  collected: { connector: string; until: Date };
  resource: ResourceTable;
  owed: OwedTable;
  view: ViewTable;
  post: PostTable;
  channel: ChannelTable;
  long_work: { id: string; place: unknown; until: Date };
  console_message: ConsoleMessageTable;
  account: { account: string; team: string; name: string; person: string | null; seen_at: Date };
  role_grant: { subject: string; role: string; given_by: string; given_at: Date };
  login_link: { hash: Buffer; account: string; name: string; expires_at: Date; used_at: Date | null };
  secret: { name: string; sealed: string };
  audit_event: AuditEventTable;
  audit_detail: { seq: string; arrived: Date; salt: Buffer | null; details: string | null };
  audit_key: { key: Buffer; hash: Buffer; seq: string };
  audit_seal: { n: string; seq: string; arrived: Date; hash: Buffer };
  audit_checkpoint: { number: number; n: string; at: Date; token: string; posted: Generated<boolean> };
  audit_start: { id: Generated<number>; n: string; token: string };
  forward: ForwardTable;
  forward_delivery: ForwardDeliveryTable;
  audit_watch: AuditWatchTable;
  audit_watch_cursor: { id: Generated<boolean>; seq: string | number };
  audit_watch_batch: { id: string; address: string; held: boolean; started_at: Date; last_at: Date; batch: unknown };
  audit_saved: { scope: string; name: string; query: string; by_name: string; at: Date };
  turn: { name: string; holder: string; until: Date };
  code_try: { account: string; since: Date; tries: number };
}

interface SeriesTable {
  id: Generated<number>;
  key: Buffer;
  workspace: string;
  source: string;
  destination: string;
  mapping: string;
  audience: string;
  provider: string;
  closed_until: Date | null;
  newest: Date | null;
}

interface CountTable {
  series: number;
  step: number;
  facet: number;
  count: string;
  retried: string;
}

interface SyncTable {
  series: number;
  id: string;
  started: Date;
  ended: Date | null;
  status: string;
  rows: string | null;
  reason: string;
  collections: unknown;
}

interface SampleTable {
  series: number;
  step: number;
  reason: string;
  hour: Date;
  slot: number;
  at: Date;
  event_name: string;
  request: string;
  response: string;
}

interface ResourceTable {
  workspace: string;
  kind: string;
  id: string;
  slug: string;
  name: string;
  parent: string;
  variant: string;
  url: string;
}

interface OwedTable {
  kind: string;
  key: string;
  due_at: Date;
  attempts: Generated<number>;
  lease_until: Date | null;
  fence: Generated<string>;
  version: Generated<string>;
}

interface ViewTable {
  id: string;
  command: string;
  verb: string;
  args: unknown;
  choices: unknown;
  place: unknown;
  expires_at: Date;
}

interface PostTable {
  id: Generated<string>;
  subject: string;
  address: string;
  place: unknown;
  message: unknown;
  revision: Generated<number>;
  shown_revision: Generated<number>;
  external_id: string | null;
  queued_at: Date;
  sending_since: Date | null;
}

interface ChannelTable {
  address: string;
  team: string;
  workspace: string | null;
  closed: string | null;
  greeted: Generated<boolean>;
}

interface ConsoleMessageTable {
  id: Generated<string>;
  channel: string;
  author: string;
  body: unknown;
  key: string;
  at: Date;
  edited_at: Date | null;
  person: string | null;
  thread: string | null;
}

interface ForwardTable {
  name: string;
  seq: ColumnType<string, number, number>;
  failures: Generated<number>;
  paused_until: Date | null;
  delivered_at: Date | null;
  told: Generated<boolean>;
}

interface ForwardDeliveryTable {
  forward: string;
  seq: ColumnType<string, number, never>;
  state: string;
  attempts: number;
  first_tried: Date;
  tried: Date;
  due_at: Date;
  error: string;
}

interface AuditEventTable {
  seq: Generated<string>;
  arrived: Date;
  workspace: string;
  provider: string;
  event_id: string;
  at: Date;
  actor_id: string;
  actor_type: string;
  actor_name: string;
  actor_email: string;
  action: string;
  type: string;
  kind: string;
  resource_id: string;
  resource_name: string;
  via: string;
  same_as: string | null;
  same_key: string;
  details_hash: Buffer;
  words: string;
}

interface AuditWatchTable {
  id: string;
  address: string;
  same: string;
  place: unknown;
  query: string;
  after_seq: string | number;
  by_name: string;
  by_account: string;
  at: Date;
}
