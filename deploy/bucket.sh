#!/bin/sh
# Creates the bucket and the service's own user, who can use this bucket and nothing else. Safe to run again.
set -eu
mc alias set root http://minio:9000 "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD"
mc mb --ignore-existing root/exports
mc admin user add root "$S3_ACCESS_KEY_ID" "$S3_SECRET_ACCESS_KEY"
mc admin policy create root exports /deploy/bucket-policy.json
# It fails when the user has the policy already; whether they have it, the last command shows.
mc admin policy attach root exports --user "$S3_ACCESS_KEY_ID" || true
mc alias set service http://minio:9000 "$S3_ACCESS_KEY_ID" "$S3_SECRET_ACCESS_KEY"
mc ls service/exports > /dev/null
