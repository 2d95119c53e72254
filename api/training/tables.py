"""Database schema of labelled questions and of trainings begun from the workbench."""

from sqlalchemy import Column, Float, Integer, MetaData, String, Table, Text, text

from case_library.moment import Moment

metadata = MetaData()

# What a question is about, as a person said; the text is redacted.
label_table = Table(
    "training_label",
    metadata,
    Column("text_hash", String(64), primary_key=True),
    Column("text", Text, nullable=False),
    Column("guessed", String(60), nullable=False),
    Column("matter", String(60), nullable=False, index=True),  # empty: of no use for training
    Column("who", String(60), nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("version", Integer, nullable=False, server_default=text("1")),
)

# A training begun from the workbench and what came of it.
training_run_table = Table(
    "training_run",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("who", String(60), nullable=False),
    Column("labels", Integer, nullable=False),
    Column("state", String(20), nullable=False),  # running, published, refused, unchanged, failed
    Column("begun_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("accuracy", Float),  # share right on the held-out sentences
    Column("before", Float),  # of the model in use, on the same
    Column("model", String(120), nullable=False, server_default=""),
    Column("message", String(300), nullable=False, server_default=""),
)
