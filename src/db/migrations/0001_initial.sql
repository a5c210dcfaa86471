CREATE TABLE partners (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  enabled INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL
);

CREATE TABLE organizations (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  partner_id INTEGER NOT NULL REFERENCES partners (id),
  enabled INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL
);
CREATE INDEX organizations_of_partner ON organizations (partner_id);

CREATE TABLE workspaces (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  organization_id INTEGER NOT NULL REFERENCES organizations (id),
  partner_id INTEGER NOT NULL REFERENCES partners (id),
  enabled INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL
);
CREATE INDEX workspaces_of_organization ON workspaces (organization_id);
CREATE INDEX workspaces_of_partner ON workspaces (partner_id);

CREATE TABLE tokens (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE,
  hash TEXT NOT NULL UNIQUE,
  hint TEXT NOT NULL,
  name TEXT,
  scope TEXT NOT NULL CHECK (scope IN ('platform', 'partner', 'organization', 'workspace')),
  partner_id INTEGER REFERENCES partners (id),
  organization_id INTEGER REFERENCES organizations (id),
  workspace_id INTEGER REFERENCES workspaces (id),
  rate_limit INTEGER,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER
);

-- One document per level and tenant; what it does not say is inherited.
CREATE TABLE configs (
  entity_type TEXT NOT NULL CHECK (entity_type IN ('partner', 'organization', 'workspace')),
  entity_id INTEGER NOT NULL,
  document TEXT NOT NULL,
  revision INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  updated_by TEXT,
  PRIMARY KEY (entity_type, entity_id)
);

-- Grows with every change of any configuration, variable or credential: what was resolved earlier is stale then.
CREATE TABLE config_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL
);
INSERT INTO config_state (id, version) VALUES (1, 1);

CREATE TABLE algorithm_variables (
  entity_type TEXT NOT NULL CHECK (entity_type IN ('partner', 'organization', 'workspace')),
  entity_id INTEGER NOT NULL,
  algorithm_id TEXT NOT NULL,
  variables TEXT NOT NULL,
  revision INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  updated_by TEXT,
  PRIMARY KEY (entity_type, entity_id, algorithm_id)
);

CREATE TABLE webhook_credentials (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE,
  entity_type TEXT NOT NULL CHECK (entity_type IN ('partner', 'organization', 'workspace')),
  entity_id INTEGER NOT NULL,
  auth_type TEXT NOT NULL CHECK (auth_type IN ('none', 'bearer', 'basic', 'hmac')),
  header_name TEXT,
  hint TEXT,
  sealed TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (entity_type, entity_id)
);

-- The configuration says which endpoints there are; this table also remembers how they have been doing.
CREATE TABLE webhook_endpoints (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE,
  entity_type TEXT NOT NULL CHECK (entity_type IN ('partner', 'organization', 'workspace')),
  entity_id INTEGER NOT NULL,
  url TEXT NOT NULL,
  sealed_secret TEXT,
  algorithm_ids TEXT,
  enabled INTEGER NOT NULL DEFAULT 1,
  disabled_at INTEGER,
  disabled_reason TEXT,
  consecutive_failures INTEGER NOT NULL DEFAULT 0,
  failing_since INTEGER,
  last_success_at INTEGER,
  last_failure_at INTEGER,
  last_error TEXT,
  removed_at INTEGER,
  created_at INTEGER NOT NULL
);
CREATE INDEX webhook_endpoints_of_entity ON webhook_endpoints (entity_type, entity_id) WHERE removed_at IS NULL;

CREATE TABLE calls (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE,
  workspace_id INTEGER NOT NULL REFERENCES workspaces (id),
  source TEXT NOT NULL,
  started_at TEXT,
  time_zone TEXT,
  direction TEXT CHECK (direction IN ('inbound', 'outbound')),
  from_number TEXT,
  to_number TEXT,
  agent_name TEXT,
  agent_channel INTEGER,
  language TEXT,
  duration_ms INTEGER,
  metadata TEXT NOT NULL,
  created_at INTEGER NOT NULL
);

CREATE TABLE transcripts (
  id INTEGER PRIMARY KEY,
  call_id INTEGER NOT NULL REFERENCES calls (id),
  language TEXT,
  transcriber TEXT,
  turns TEXT NOT NULL,
  created_at INTEGER NOT NULL
);

CREATE TABLE recordings (
  id INTEGER PRIMARY KEY,
  call_id INTEGER NOT NULL REFERENCES calls (id),
  url TEXT,
  -- Name of the file in the recordings folder; null until it was fetched.
  file TEXT,
  bytes INTEGER,
  format TEXT,
  sample_rate INTEGER,
  channels INTEGER,
  duration_ms INTEGER,
  speech TEXT,
  created_at INTEGER NOT NULL
);
CREATE INDEX recordings_of_call ON recordings (call_id);

CREATE TABLE jobs (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE,
  workspace_id INTEGER NOT NULL REFERENCES workspaces (id),
  call_id INTEGER NOT NULL REFERENCES calls (id),
  parent_job_id INTEGER REFERENCES jobs (id),
  status TEXT NOT NULL CHECK (status IN ('queued', 'transcribing', 'analyzing', 'publishing', 'completed', 'partial', 'failed', 'skipped', 'cancelled')),
  stage_detail TEXT,
  source TEXT NOT NULL,
  source_call_id TEXT,
  source_company_id TEXT,
  algorithm_ids TEXT,
  analytics_only INTEGER NOT NULL,
  call_started_at TEXT,
  duration_ms INTEGER,
  language TEXT,
  transcript_id INTEGER REFERENCES transcripts (id),
  recording_id INTEGER REFERENCES recordings (id),
  -- Grows with every requeue and rerun: results and tasks of an earlier round do not count any more.
  round INTEGER NOT NULL DEFAULT 1,
  skip_reason TEXT,
  error_code TEXT,
  error_message TEXT,
  deliveries_pending INTEGER NOT NULL DEFAULT 0,
  deliveries_delivered INTEGER NOT NULL DEFAULT 0,
  deliveries_failed INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  completed_at INTEGER,
  updated_at INTEGER NOT NULL
);
CREATE INDEX jobs_of_workspace ON jobs (workspace_id, id);
CREATE INDEX jobs_by_status ON jobs (workspace_id, status, id);
CREATE INDEX jobs_by_time ON jobs (created_at, id);
CREATE UNIQUE INDEX jobs_by_source ON jobs (workspace_id, source_call_id, source_company_id)
  WHERE parent_job_id IS NULL AND source_call_id IS NOT NULL;
CREATE INDEX jobs_of_parent ON jobs (parent_job_id, id) WHERE parent_job_id IS NOT NULL;
CREATE INDEX jobs_of_call ON jobs (call_id);
CREATE INDEX jobs_of_company ON jobs (workspace_id, source_company_id, id) WHERE source_company_id <> '';

-- Finished jobs per hour of their creation; hour 0 holds the total. Lists take their totals from here.
CREATE TABLE job_counts (
  workspace_id INTEGER NOT NULL,
  hour INTEGER NOT NULL,
  status TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, hour, status)
) WITHOUT ROWID;

CREATE TABLE job_logs (
  id INTEGER PRIMARY KEY,
  job_id INTEGER NOT NULL REFERENCES jobs (id),
  time INTEGER NOT NULL,
  level TEXT NOT NULL,
  stage TEXT NOT NULL,
  message TEXT NOT NULL,
  data TEXT
);
CREATE INDEX job_logs_of_job ON job_logs (job_id, id);

CREATE TABLE idempotency_keys (
  workspace_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  job_id INTEGER NOT NULL REFERENCES jobs (id),
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, key)
) WITHOUT ROWID;
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE,
  job_id INTEGER NOT NULL REFERENCES jobs (id),
  workspace_id INTEGER NOT NULL,
  algorithm_id TEXT NOT NULL,
  version TEXT,
  revision INTEGER NOT NULL,
  round INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('completed', 'failed')),
  degraded INTEGER NOT NULL DEFAULT 0,
  confidence_score REAL,
  error_code TEXT,
  error_message TEXT,
  usage TEXT,
  started_at INTEGER NOT NULL,
  completed_at INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  UNIQUE (job_id, round, algorithm_id)
);

CREATE TABLE run_results (
  run_id INTEGER PRIMARY KEY REFERENCES runs (id),
  result TEXT NOT NULL
);

-- What all payloads that were written together have in common, above all the transcript. Its id is that of their
-- first run.
CREATE TABLE payload_parts (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL
);

-- The bytes that every attempt to every endpoint sends: head, common part, tail.
CREATE TABLE run_payloads (
  run_id INTEGER PRIMARY KEY REFERENCES runs (id),
  head TEXT NOT NULL,
  part_id INTEGER NOT NULL,
  tail TEXT NOT NULL
);

CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY,
  -- The `webhook-id` of every attempt.
  message_id TEXT NOT NULL UNIQUE,
  run_id INTEGER NOT NULL REFERENCES runs (id),
  job_id INTEGER NOT NULL REFERENCES jobs (id),
  endpoint_id INTEGER NOT NULL REFERENCES webhook_endpoints (id),
  status TEXT NOT NULL CHECK (status IN ('pending', 'retrying', 'delivered', 'exhausted')),
  -- Attempts since it was queued last, by the pipeline or by hand.
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (run_id, endpoint_id)
);
CREATE INDEX deliveries_of_job ON deliveries (job_id, id);
CREATE INDEX deliveries_of_endpoint ON deliveries (endpoint_id, id) WHERE status <> 'delivered';

CREATE TABLE delivery_attempts (
  id INTEGER PRIMARY KEY,
  delivery_id INTEGER NOT NULL REFERENCES deliveries (id),
  at INTEGER NOT NULL,
  status_code INTEGER,
  duration_ms INTEGER NOT NULL,
  error_kind TEXT,
  response_excerpt TEXT
);
CREATE INDEX delivery_attempts_of_delivery ON delivery_attempts (delivery_id, id);

CREATE TABLE tasks (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  -- Tasks of one lane share a concurrency limit, and lanes take turns: a workspace, an endpoint.
  lane INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  payload TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('ready', 'waiting', 'running')),
  run_at INTEGER NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 0,
  -- How often the process died while this was running.
  deaths INTEGER NOT NULL DEFAULT 0,
  lease_until INTEGER
);
CREATE INDEX tasks_ready ON tasks (kind, lane, priority, id) WHERE state = 'ready';
CREATE INDEX tasks_waiting ON tasks (run_at) WHERE state = 'waiting';
CREATE INDEX tasks_running ON tasks (lease_until) WHERE state = 'running';
