-- Under redaction `turns` holds the masked transcript: none before masking, when only the sealed original is there.
ALTER TABLE transcripts ADD COLUMN original TEXT;
ALTER TABLE transcripts ADD COLUMN masked INTEGER NOT NULL DEFAULT 0;

-- Deleting a row looks for those that refer to it.
CREATE INDEX transcripts_of_call ON transcripts (call_id);
CREATE INDEX jobs_of_transcript ON jobs (transcript_id) WHERE transcript_id IS NOT NULL;
CREATE INDEX jobs_of_recording ON jobs (recording_id) WHERE recording_id IS NOT NULL;
CREATE INDEX idempotency_keys_of_job ON idempotency_keys (job_id);

-- What was due has been deleted for a workspace's jobs up to this one.
CREATE TABLE retention_marks (
  workspace_id INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('audio', 'transcript', 'result', 'log')),
  job_id INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, kind)
) WITHOUT ROWID;

-- The highest ids that were ever deleted: none of them is given to another row.
CREATE TABLE id_floors (
  name TEXT PRIMARY KEY,
  id INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO id_floors (name, id) VALUES ('jobs', 0), ('runs', 0);
