"""
What the engine on PostgreSQL says to procrastinate's tables itself: the library's verbs neither merge nor fence.

A key has at most one row that waits (``todo``) and one that is held (``doing``). What is given back gets a new
id, so that whoever held it before can no longer finish it: the library knows a job by its id only. ``now()`` is
the database's clock, the only one that counts.
"""

_MERGED = """
    priority = GREATEST(known.priority, excluded.priority),
    scheduled_at = LEAST(known.scheduled_at, excluded.scheduled_at),
    args = jsonb_build_object(
        'attempts', GREATEST(known.args->'attempts', excluded.args->'attempts'),
        'waits', CASE
            WHEN (known.args->'awaited') ?& ARRAY(SELECT jsonb_object_keys(excluded.args->'awaited'))
            THEN GREATEST(known.args->'waits', excluded.args->'waits') ELSE '0' END,
        'awaited', (
            SELECT coalesce(jsonb_object_agg(key, CASE
                WHEN 'null' IN (old.value, new.value) THEN 'null' ELSE GREATEST(old.value, new.value) END), '{}')
            FROM jsonb_each(known.args->'awaited') AS old
            FULL JOIN jsonb_each(excluded.args->'awaited') AS new USING (key)))
"""

_PUT = "INSERT INTO procrastinate_jobs AS known"
_COLUMNS = "(queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)"
_CONFLICT = f"ON CONFLICT (queueing_lock) WHERE status = 'todo' DO UPDATE SET {_MERGED}"
_TELL = """SELECT pg_notify('procrastinate_any_queue_v1', '{"type": "job_inserted", "job_id": 0}')"""

ADD = f"""
WITH may_be_ours AS (DELETE FROM tracker_bridge_issues WHERE ref = %(key)s AND NOT ours),
put AS (
    {_PUT} {_COLUMNS}
    VALUES (%(project)s, 'look', %(priority)s, %(key)s, %(key)s, %(args)s, now() + %(delay)s::interval)
    {_CONFLICT}
    WHERE excluded.scheduled_at < known.scheduled_at
        OR excluded.priority > known.priority
        OR NOT (known.args->'awaited') @> (excluded.args->'awaited')
    RETURNING xmax <> 0 AS merged)
{_TELL} FROM put WHERE merged
"""
"""
An insert tells by itself who listens; a merge has to. What changes nothing writes nothing. An issue that is to be
looked at is no longer known to be none of ours.
"""

GIVE_BACK = f"""
WITH mine AS (
    DELETE FROM procrastinate_jobs WHERE id = %(id)s AND status = 'doing' RETURNING *),
put AS (
    {_PUT} {_COLUMNS}
    SELECT queue_name, task_name, %(priority)s::integer, lock, lock, %(args)s, now() + %(delay)s::interval
    FROM mine WHERE %(delay)s::interval IS NOT NULL
    {_CONFLICT})
{_TELL} FROM mine
"""

TAKE_BACK = f"""
WITH stalled AS (
    DELETE FROM procrastinate_jobs AS job
    WHERE status = 'doing' AND NOT EXISTS (
        SELECT FROM procrastinate_workers AS worker
        WHERE worker.id = job.worker_id AND last_heartbeat > now() - %(lease)s::interval)
    RETURNING *)
{_PUT} {_COLUMNS}
SELECT queue_name, task_name, priority, lock, lock,
    jsonb_set(args, '{{attempts}}', to_jsonb((args->'attempts')::int + 1)), now()
FROM stalled
{_CONFLICT}
"""

READY = """
SELECT queue_name AS project,
    count(*) FILTER (WHERE status = 'doing') AS running,
    count(*) FILTER (WHERE status = 'doing' AND worker_id = ANY(%(slots)s::bigint[])) AS mine,
    max(priority) FILTER (WHERE ready) AS priority,
    min(scheduled_at) FILTER (WHERE ready) AS due,
    bool_or(status = 'doing' AND coalesce(last_heartbeat <= now() - %(lease)s::interval, true)) AS stalled
FROM (
    SELECT job.*, false AS ready FROM procrastinate_jobs AS job WHERE status = 'doing'
    UNION ALL
    SELECT job.*, NOT EXISTS (
        SELECT FROM procrastinate_jobs AS held WHERE held.lock = job.lock AND held.status = 'doing') AS ready
    FROM procrastinate_jobs AS job WHERE status = 'todo' AND scheduled_at <= now()) AS job
LEFT JOIN procrastinate_workers AS worker ON worker.id = job.worker_id
GROUP BY queue_name
"""

NEXT = """
SELECT min(at) - now() AS delay FROM (
    SELECT min(scheduled_at) AS at FROM procrastinate_jobs WHERE status = 'todo' AND scheduled_at > now()
    UNION ALL
    SELECT last_heartbeat + %(lease)s::interval FROM procrastinate_jobs AS job
    JOIN procrastinate_workers AS worker ON worker.id = job.worker_id WHERE status = 'doing') AS moments
"""

COUNT = """
SELECT count(*) FILTER (WHERE status = 'doing') AS held,
    count(*) FILTER (WHERE free) AS waiting,
    min(scheduled_at) FILTER (WHERE free) - now() AS delay
FROM (
    SELECT job.*, status = 'todo' AND NOT EXISTS (
        SELECT FROM procrastinate_jobs AS held WHERE held.lock = job.lock AND held.status = 'doing') AS free
    FROM procrastinate_jobs AS job WHERE status IN ('todo', 'doing')) AS job
"""

TAKE = """
WITH slot AS (UPDATE procrastinate_workers SET last_heartbeat = now() WHERE id = %(slot)s RETURNING id)
SELECT job.id, job.lock, job.args, job.priority
FROM slot, LATERAL procrastinate_fetch_job_v2(ARRAY[%(project)s]::varchar[], slot.id) AS job
"""
"""
One trip for both: with a heartbeat that is old, the lease would end at once. A slot that was forgotten gives no
row and takes nothing; a row of nulls says that there is nothing to be taken.
"""

KEEP = "INSERT INTO tracker_bridge_queue VALUES (%(name)s, %(value)s) ON CONFLICT DO NOTHING"
KEPT = "SELECT value FROM tracker_bridge_queue WHERE name = %(name)s"
TABLES = (
    "CREATE TABLE IF NOT EXISTS tracker_bridge_queue (name text PRIMARY KEY, value text NOT NULL)",
    """
    CREATE TABLE IF NOT EXISTS tracker_bridge_sent (
        ref text, document text, at timestamptz NOT NULL, PRIMARY KEY (ref, document))
    """,
    """
    CREATE TABLE IF NOT EXISTS tracker_bridge_quotas (
        credential text PRIMARY KEY, stamp text NOT NULL, account text NOT NULL) WITH (fillfactor = 50)
    """,
    "CREATE INDEX IF NOT EXISTS tracker_bridge_due ON procrastinate_jobs (scheduled_at) WHERE status = 'todo'",
    "CREATE TABLE IF NOT EXISTS tracker_bridge_projects (project text PRIMARY KEY, words text NOT NULL)",
    """
    CREATE TABLE IF NOT EXISTS tracker_bridge_issues (
        ref text PRIMARY KEY, ours boolean NOT NULL, at timestamptz NOT NULL DEFAULT now())
    """,
    """
    CREATE TABLE IF NOT EXISTS tracker_bridge_alerts (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, source text NOT NULL, key text NOT NULL,
        due timestamptz NOT NULL, at timestamptz NOT NULL, later boolean NOT NULL, notice text NOT NULL,
        tries integer NOT NULL DEFAULT 0, held_until timestamptz)
    """,
    "CREATE INDEX IF NOT EXISTS tracker_bridge_alerts_by_key ON tracker_bridge_alerts (key)",
    """
    CREATE TABLE IF NOT EXISTS tracker_bridge_alert_issues (
        key text PRIMARY KEY, tracker text NOT NULL, project text NOT NULL, number bigint NOT NULL,
        at timestamptz NOT NULL, opened boolean NOT NULL)
    """,
)
THERE = """
SELECT to_regclass('procrastinate_jobs') IS NOT NULL, to_regclass('tracker_bridge_queue') IS NOT NULL
"""
LEAD = """
SELECT EXISTS (
    SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted AND objsubid = 2
) OR pg_try_advisory_lock(hashtext(current_schema() || ' leader'), 1)
"""
"""The lock is the session's: it ends with its process. One that is held would be counted if taken again."""

DECLARES = "SELECT pg_try_advisory_lock(hashtext(current_schema()), %(key)s)"

SENT = """
INSERT INTO tracker_bridge_sent AS known (ref, document, at) VALUES (%(ref)s, %(document)s, now())
ON CONFLICT (ref, document) DO UPDATE SET at = excluded.at WHERE known.at <= now() - %(settling)s::interval
RETURNING true AS settled
"""
"""Gives a row to the first who asks within that time, on whichever host."""

UNSENT = "DELETE FROM tracker_bridge_sent WHERE ref = %(ref)s AND document = %(document)s"
SENT_LONG_AGO = "DELETE FROM tracker_bridge_sent WHERE at < now() - interval '1 day'"

PROJECT = "SELECT words FROM tracker_bridge_projects WHERE project = %(project)s"
ABOUT = """
SELECT words, ours FROM tracker_bridge_projects LEFT JOIN tracker_bridge_issues ON ref = %(ref)s
WHERE project = %(project)s
"""
OURS = """
INSERT INTO tracker_bridge_issues AS known (ref, ours) SELECT unnest(%(refs)s::text[]), true
ON CONFLICT (ref) DO UPDATE SET ours = true WHERE NOT known.ours
RETURNING ref
"""
OTHER = """
INSERT INTO tracker_bridge_issues AS known (ref, ours) VALUES (%(ref)s, false)
ON CONFLICT (ref) DO UPDATE SET ours = false, at = now() WHERE known.ours
RETURNING ref
"""
UNKNOWN = "DELETE FROM tracker_bridge_issues WHERE ref = %(ref)s RETURNING ref"
OTHER_WORDS = """
DELETE FROM tracker_bridge_issues WHERE NOT ours AND starts_with(ref, %(project)s || '#')
    AND EXISTS (SELECT FROM tracker_bridge_projects WHERE project = %(project)s AND words <> %(words)s)
RETURNING ref
"""
LISTED = """
INSERT INTO tracker_bridge_projects AS known VALUES (%(project)s, %(words)s)
ON CONFLICT (project) DO UPDATE SET words = excluded.words WHERE known.words <> excluded.words
RETURNING project
"""
OTHERS_LONG_AGO = """
DELETE FROM tracker_bridge_issues WHERE NOT ours
    AND at < (SELECT at FROM tracker_bridge_issues WHERE NOT ours ORDER BY at DESC OFFSET %(most)s LIMIT 1)
"""

KEEP_ALERTS = """
INSERT INTO tracker_bridge_alerts (source, key, due, at, later, notice)
SELECT %(source)s, key, now(), %(at)s, false, notice
FROM unnest(%(keys)s::text[], %(notices)s::text[]) AS new (key, notice)
RETURNING id
"""
TAKE_ALERTS = """
WITH next AS (
    SELECT key FROM tracker_bridge_alerts AS one
    WHERE due <= now() AND NOT EXISTS (
        SELECT FROM tracker_bridge_alerts AS held WHERE held.key = one.key AND held.held_until > now())
        AND pg_try_advisory_xact_lock(hashtext(current_schema() || ' alerts'), hashtext(key))
    ORDER BY due, id LIMIT 1)
UPDATE tracker_bridge_alerts AS known SET held_until = now() + %(lease)s::interval
FROM next
WHERE known.key = next.key AND (NOT later OR due <= now()) AND coalesce(held_until <= now(), true)
RETURNING id, source, known.key, tries, at, later, notice
"""
"""One host at a time takes what there is of a key: who comes at the same moment finds the lock, or the lease."""

DONE_ALERTS = "DELETE FROM tracker_bridge_alerts WHERE id = ANY(%(ids)s::bigint[]) RETURNING id"
PUT_OFF_ALERTS = """
UPDATE tracker_bridge_alerts SET due = now() + %(delay)s::interval, tries = tries + 1, held_until = NULL
WHERE id = ANY(%(ids)s::bigint[])
RETURNING id
"""
ALERTS_LATER = """
WITH before AS (DELETE FROM tracker_bridge_alerts WHERE later AND key = %(key)s)
INSERT INTO tracker_bridge_alerts (source, key, due, at, later, notice)
VALUES (%(source)s, %(key)s, now() + %(delay)s::interval, %(at)s, true, %(notice)s)
RETURNING id
"""
ALERT_ISSUE = "SELECT tracker, project, number FROM tracker_bridge_alert_issues WHERE key = %(key)s"
PUT_ALERT_ISSUE = """
WITH old AS (DELETE FROM tracker_bridge_alert_issues WHERE at < now() - interval '90 days')
INSERT INTO tracker_bridge_alert_issues VALUES (
    %(key)s, %(tracker)s, %(project)s, %(number)s, now(), %(opened)s)
ON CONFLICT (key) DO UPDATE SET tracker = excluded.tracker, project = excluded.project,
    number = excluded.number, at = excluded.at, opened = excluded.opened
RETURNING key
"""
ALERTS_OPENED = """
SELECT count(*) AS many FROM tracker_bridge_alert_issues
WHERE opened AND starts_with(key, %(source)s || '.') AND at >= now() - %(since)s::interval
"""
ALERTS_WAITING = "SELECT count(*) AS many, min(at) AS first FROM tracker_bridge_alerts WHERE NOT later"

_MOMENT = "extract(epoch FROM now())::float8 AS now"

ACCOUNT = f"""
SELECT {_MOMENT}, stamp, account FROM (SELECT) AS one
LEFT JOIN tracker_bridge_quotas ON credential = %(credential)s
"""

PUT_ACCOUNT = f"""
WITH put AS (
    INSERT INTO tracker_bridge_quotas AS known VALUES (%(credential)s, %(stamp)s, %(account)s)
    ON CONFLICT (credential) DO UPDATE SET stamp = excluded.stamp, account = excluded.account
    WHERE known.stamp = %(known)s
    RETURNING stamp, account)
SELECT {_MOMENT}, stamp, account FROM (SELECT) AS one
LEFT JOIN (
    SELECT * FROM put
    UNION ALL
    SELECT stamp, account FROM tracker_bridge_quotas
    WHERE credential = %(credential)s AND NOT EXISTS (SELECT FROM put)) AS row ON true
"""
"""
Writes the row if it is still what is known, or gone, and gives what it is then. That was read when the statement
began: whoever lost by a moment may get what was there before, and finds out at the next try.
"""

ALONE = "SELECT pg_advisory_xact_lock(8390045167)"
"""Held while the tables are made: several processes start at once."""
