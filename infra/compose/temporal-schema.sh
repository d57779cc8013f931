#!/bin/sh
# Makes Temporal's two databases in Postgres and brings their tables to the version of this image. Safe to run again.
set -eu

bring_up_to_date() {
  database=$1
  tables=$2
  tool() { temporal-sql-tool --plugin postgres12 --ep "$SQL_HOST" -p 5432 -u "$SQL_USER" --db "$database" "$@"; }
  tool create
  # Fails where there are tables already; then only their version matters.
  tool setup-schema -v 0.0 || echo "$database has tables already"
  tool update-schema -d "/etc/temporal/schema/postgresql/v12/$tables/versioned"
}

bring_up_to_date temporal temporal
bring_up_to_date temporal_visibility visibility
