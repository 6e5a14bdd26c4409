#!/bin/sh
# Creates the roles of the service, without any right: `migrate` grants those. A new database runs it by itself; it is safe to
# run again, and then sets the passwords: docker compose exec postgres sh /docker-entrypoint-initdb.d/roles.sh
set -eu
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" \
  --set=app_password="$APP_DATABASE_PASSWORD" --set=reader_password="$READER_DATABASE_PASSWORD" <<'SQL'
SELECT format('CREATE ROLE %I LOGIN', name) FROM unnest(ARRAY['exports_app', 'exports_reader']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE exports_app PASSWORD :'app_password';
ALTER ROLE exports_reader PASSWORD :'reader_password';
SQL
