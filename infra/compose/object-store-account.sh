#!/bin/sh
# Makes the account that workers sign with, or gives it a new password if it is there. Safe to run again. Takes
# ADMIN_ENDPOINT_URL, ADMIN_ACCESS_KEY_ID, ADMIN_SECRET_ACCESS_KEY, WORKER_ACCESS_KEY and WORKER_SECRET_KEY from the
# environment. The account has no right until a bucket's policy gives it one (create-bucket.mjs).
set -eu

if [ "$WORKER_ACCESS_KEY" = "$ADMIN_ACCESS_KEY_ID" ]; then
  echo "S3_WORKER_ACCESS_KEY is the root account $ADMIN_ACCESS_KEY_ID: give the workers one of their own" >&2
  exit 2
fi
# The keys go by --endpoint-url and the environment; the subcommand takes those of the new account only as options.
if versitygw admin --endpoint-url "$ADMIN_ENDPOINT_URL" list-users | grep -q "^$WORKER_ACCESS_KEY[[:space:]]"; then
  versitygw admin --endpoint-url "$ADMIN_ENDPOINT_URL" update-user --access "$WORKER_ACCESS_KEY" --secret "$WORKER_SECRET_KEY"
else
  versitygw admin --endpoint-url "$ADMIN_ENDPOINT_URL" create-user --access "$WORKER_ACCESS_KEY" \
    --secret "$WORKER_SECRET_KEY" --role user
fi
