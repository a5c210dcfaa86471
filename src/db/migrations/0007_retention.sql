-- Under redaction `turns` holds the masked transcript: none before masking, when only the sealed original is there.
ALTER TABLE transcripts ADD COLUMN original TEXT;
ALTER TABLE transcripts ADD COLUMN masked INTEGER NOT NULL DEFAULT 0;

CREATE INDEX transcripts_of_call ON transcripts (call_id);

-- What was due has been deleted for a workspace's jobs up to this one.
CREATE TABLE retention_marks (
  workspace_id INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('audio', 'transcript', 'result', 'log')),
  job_id INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, kind)
) WITHOUT ROWID;
