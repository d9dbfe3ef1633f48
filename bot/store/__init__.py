"""SQLAlchemy 2 and Alembic: tables, records, encryption at rest, audit trail."""
