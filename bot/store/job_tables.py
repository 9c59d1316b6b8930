"""procrastinate's tables, made where they are missing, with what they lack for lanes."""

from sqlalchemy import Connection, text

_MISSING = text("SELECT to_regclass('procrastinate_jobs') IS NULL")
_UNTOLD = text("SELECT NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'teller_next_job')")
# procrastinate tells its workers of a new job alone. One that was added while the last of its lane
# still ran, or that came forward, would be seen at their next look, seconds later.
_TELL_OF_THE_NEXT = """
CREATE OR REPLACE FUNCTION teller_next_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (TG_OP = 'UPDATE' AND OLD.status = 'todo' AND NEW.status = 'todo') OR OLD.status = 'doing'
    THEN
        PERFORM pg_notify(
            'procrastinate_queue_v1#' || queue_name,
            json_build_object('type', 'job_inserted', 'job_id', id)::text)
        FROM procrastinate_jobs
        WHERE queueing_lock = OLD.queueing_lock AND status = 'todo'
            AND (scheduled_at IS NULL OR scheduled_at <= clock_timestamp());
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER teller_next_job
    AFTER UPDATE OF status, scheduled_at OR DELETE ON procrastinate_jobs
    FOR EACH ROW EXECUTE FUNCTION teller_next_job();
"""


def make_tables(connection: Connection) -> bool:
    """Make what is missing, within the caller's transaction; False where all of it is there."""
    missing, untold = connection.scalar(_MISSING), connection.scalar(_UNTOLD)
    if missing:
        # Imported here: it takes a moment, and is needed once in the life of a database.
        from procrastinate.schema import SchemaManager

        _run(connection, SchemaManager.get_schema())
    if untold:
        _run(connection, _TELL_OF_THE_NEXT)
    return bool(missing or untold)


def _run(connection: Connection, script: str) -> None:
    # Past the driver's parameters: a percent sign is one, and several statements come at once.
    cursor = connection.connection.cursor()
    cursor.execute(script)
    cursor.close()
