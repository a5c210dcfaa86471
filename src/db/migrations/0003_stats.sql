-- With these a job's row says all that statistics count of it.
ALTER TABLE jobs ADD COLUMN runs_completed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN runs_failed INTEGER NOT NULL DEFAULT 0;
UPDATE jobs
SET runs_completed = (SELECT count(*) FROM runs WHERE job_id = jobs.id AND status = 'completed'),
  runs_failed = (SELECT count(*) FROM runs WHERE job_id = jobs.id AND status = 'failed');

-- What the jobs of a workspace add up to, by the quarter of an hour (since 1970, UTC) in which they were created.
-- Calls count once: `timed`, `duration_ms` and the classes of duration leave child jobs out.
CREATE TABLE tallies (
  workspace_id INTEGER NOT NULL,
  -- Quarters in a slot: a quarter, an hour, a day, or all time.
  width INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  status TEXT NOT NULL,
  jobs INTEGER NOT NULL,
  children INTEGER NOT NULL,
  timed INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  processed INTEGER NOT NULL,
  processing_ms INTEGER NOT NULL,
  runs_completed INTEGER NOT NULL,
  runs_failed INTEGER NOT NULL,
  deliveries_pending INTEGER NOT NULL,
  deliveries_delivered INTEGER NOT NULL,
  deliveries_failed INTEGER NOT NULL,
  from_0 INTEGER NOT NULL,
  from_30 INTEGER NOT NULL,
  from_60 INTEGER NOT NULL,
  from_120 INTEGER NOT NULL,
  from_300 INTEGER NOT NULL,
  from_600 INTEGER NOT NULL,
  from_1800 INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, width, slot, status)
) WITHOUT ROWID;

-- What has changed since the tallies were brought up to date; slots are quarters. Both together are the truth.
CREATE TABLE tally_changes (
  workspace_id INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  status TEXT NOT NULL,
  jobs INTEGER NOT NULL,
  children INTEGER NOT NULL,
  timed INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  processed INTEGER NOT NULL,
  processing_ms INTEGER NOT NULL,
  runs_completed INTEGER NOT NULL,
  runs_failed INTEGER NOT NULL,
  deliveries_pending INTEGER NOT NULL,
  deliveries_delivered INTEGER NOT NULL,
  deliveries_failed INTEGER NOT NULL,
  from_0 INTEGER NOT NULL,
  from_30 INTEGER NOT NULL,
  from_60 INTEGER NOT NULL,
  from_120 INTEGER NOT NULL,
  from_300 INTEGER NOT NULL,
  from_600 INTEGER NOT NULL,
  from_1800 INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, slot, status)
) WITHOUT ROWID;

-- Up to which quarter the tallies were compared with the jobs last.
CREATE TABLE tally_check (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  slot INTEGER NOT NULL
);
INSERT INTO tally_check (id, slot) VALUES (1, 0);

INSERT INTO tallies
SELECT workspace_id, 1, created_at / 900000, status, count(*),
  sum(CASE WHEN parent_job_id IS NULL THEN 0 ELSE 1 END),
  sum(CASE WHEN parent_job_id IS NULL AND duration_ms IS NOT NULL THEN 1 ELSE 0 END),
  sum(CASE WHEN parent_job_id IS NULL THEN coalesce(duration_ms, 0) ELSE 0 END),
  sum(CASE WHEN started_at IS NOT NULL AND completed_at IS NOT NULL THEN 1 ELSE 0 END),
  sum(coalesce(completed_at - started_at, 0)),
  sum(runs_completed), sum(runs_failed),
  sum(deliveries_pending), sum(deliveries_delivered), sum(deliveries_failed),
  sum(CASE WHEN parent_job_id IS NULL AND duration_ms < 30000 THEN 1 ELSE 0 END),
  sum(CASE WHEN parent_job_id IS NULL AND duration_ms >= 30000 AND duration_ms < 60000 THEN 1 ELSE 0 END),
  sum(CASE WHEN parent_job_id IS NULL AND duration_ms >= 60000 AND duration_ms < 120000 THEN 1 ELSE 0 END),
  sum(CASE WHEN parent_job_id IS NULL AND duration_ms >= 120000 AND duration_ms < 300000 THEN 1 ELSE 0 END),
  sum(CASE WHEN parent_job_id IS NULL AND duration_ms >= 300000 AND duration_ms < 600000 THEN 1 ELSE 0 END),
  sum(CASE WHEN parent_job_id IS NULL AND duration_ms >= 600000 AND duration_ms < 1800000 THEN 1 ELSE 0 END),
  sum(CASE WHEN parent_job_id IS NULL AND duration_ms >= 1800000 THEN 1 ELSE 0 END)
FROM jobs
GROUP BY workspace_id, created_at / 900000, status;

INSERT INTO tallies
SELECT workspace_id, widths.width, slot / widths.width, status, sum(jobs), sum(children), sum(timed), sum(duration_ms),
  sum(processed), sum(processing_ms), sum(runs_completed), sum(runs_failed), sum(deliveries_pending),
  sum(deliveries_delivered), sum(deliveries_failed), sum(from_0), sum(from_30), sum(from_60), sum(from_120),
  sum(from_300), sum(from_600), sum(from_1800)
FROM tallies CROSS JOIN (SELECT 4 AS width UNION ALL SELECT 96 UNION ALL SELECT 1000000000) AS widths
WHERE tallies.width = 1
GROUP BY workspace_id, widths.width, slot / widths.width, status;

DROP TABLE job_counts;
