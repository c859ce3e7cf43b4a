"""The process that carries migrations out, its journal, and how a job asks and follows."""
