ALTER TABLE tokens ADD COLUMN may_read_originals INTEGER NOT NULL DEFAULT 0;
CREATE INDEX tokens_of_partner ON tokens (partner_id, id);
CREATE INDEX tokens_of_organization ON tokens (organization_id, id);
CREATE INDEX tokens_of_workspace ON tokens (workspace_id, id);

-- Who did what, when and from where. Rows are only ever added.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  -- Null for the operator's own token and the command line.
  token_id TEXT,
  actor_name TEXT,
  actor_scope TEXT NOT NULL,
  address TEXT,
  action TEXT NOT NULL,
  object_type TEXT NOT NULL,
  object_id TEXT NOT NULL,
  details TEXT
);
CREATE INDEX audit_by_time ON audit (at, id);
CREATE INDEX audit_by_action ON audit (action, id);
CREATE INDEX audit_of_object ON audit (object_id, id);
CREATE INDEX audit_of_token ON audit (token_id, id);
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'The audit log is append-only');
END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN
  SELECT RAISE(ABORT, 'The audit log is append-only');
END;

-- One row for each revision of a level's configuration.
CREATE TABLE config_changes (
  id INTEGER PRIMARY KEY,
  entity_type TEXT NOT NULL CHECK (entity_type IN ('partner', 'organization', 'workspace')),
  entity_id INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  at INTEGER NOT NULL,
  token_id TEXT,
  actor_name TEXT,
  actor_scope TEXT NOT NULL,
  -- JSON array of path, before and after; secrets are masked.
  diff TEXT NOT NULL
);
CREATE INDEX config_changes_of_entity ON config_changes (entity_type, entity_id, id);

-- New jobs of a day (UTC) in workspaces with a quota; those up to `last_job_id` are counted.
CREATE TABLE job_quotas (
  workspace_id INTEGER PRIMARY KEY,
  day INTEGER NOT NULL,
  jobs INTEGER NOT NULL,
  last_job_id INTEGER NOT NULL
);

-- How long the recordings are that a workspace keeps.
CREATE TABLE stored_audio (
  workspace_id INTEGER PRIMARY KEY,
  duration_ms INTEGER NOT NULL
);
INSERT INTO stored_audio (workspace_id, duration_ms)
SELECT calls.workspace_id, sum(recordings.duration_ms)
FROM recordings JOIN calls ON calls.id = recordings.call_id
WHERE recordings.file IS NOT NULL AND recordings.duration_ms IS NOT NULL
GROUP BY calls.workspace_id;
