-- An algorithm that is another one with a name and variables of its own. Without an owner it is everybody's.
CREATE TABLE algorithm_copies (
  id INTEGER PRIMARY KEY,
  algorithm_id TEXT NOT NULL UNIQUE,
  -- The plugin that does the work.
  base_id TEXT NOT NULL,
  -- The algorithm that it was copied from, which may itself be a copy.
  copied_from TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT,
  owner_type TEXT CHECK (owner_type IN ('partner', 'organization', 'workspace')),
  owner_id INTEGER,
  created_at INTEGER NOT NULL,
  created_by TEXT
);
CREATE INDEX algorithm_copies_of_owner ON algorithm_copies (owner_type, owner_id);

-- Those that shall not run any more, loaded ones and copies alike.
CREATE TABLE algorithm_deprecations (
  algorithm_id TEXT PRIMARY KEY,
  successor TEXT,
  deprecated_at INTEGER NOT NULL,
  deprecated_by TEXT
);

-- Variables may now also be set for the whole installation: by `platform`, whose entity is 0.
CREATE TABLE algorithm_variables_new (
  entity_type TEXT NOT NULL CHECK (entity_type IN ('platform', 'partner', 'organization', 'workspace')),
  entity_id INTEGER NOT NULL,
  algorithm_id TEXT NOT NULL,
  variables TEXT NOT NULL,
  revision INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  updated_by TEXT,
  PRIMARY KEY (entity_type, entity_id, algorithm_id)
);
INSERT INTO algorithm_variables_new
  (entity_type, entity_id, algorithm_id, variables, revision, updated_at, updated_by)
  SELECT entity_type, entity_id, algorithm_id, variables, revision, updated_at, updated_by FROM algorithm_variables;
DROP TABLE algorithm_variables;
ALTER TABLE algorithm_variables_new RENAME TO algorithm_variables;

CREATE TABLE algorithm_variable_changes (
  id INTEGER PRIMARY KEY,
  entity_type TEXT NOT NULL,
  entity_id INTEGER NOT NULL,
  algorithm_id TEXT NOT NULL,
  -- JSON list of {field, before, after}, secrets masked.
  diff TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by TEXT
);
CREATE INDEX algorithm_variable_changes_of_level
  ON algorithm_variable_changes (algorithm_id, entity_type, entity_id, id);
