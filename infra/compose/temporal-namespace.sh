#!/bin/sh
# Makes the namespace and the search attributes that runs show in Temporal's lists. Safe to run again. Takes
# TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and RETENTION from the environment.
#
# A server that starts refuses any of these steps for a while, and the parts of a server hear of a new namespace or
# attribute one after the other. So each pass makes what is missing, and the passes end when the server lists it all.
set -eu

attributes='MipnetSplit=Keyword MipnetPlan=Keyword MipnetDataset=Keyword MipnetStatus=Keyword
  MipnetObjective=Double MipnetGap=Double MipnetAccuracy=Double MipnetRound=Int MipnetOutstanding=Int'

make_what_is_missing() {
  temporal operator cluster health >/dev/null || return 1
  temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
    temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION" || return 1
  known=$(temporal operator search-attribute list --namespace "$TEMPORAL_NAMESPACE") || return 1
  missing=0
  for attribute in $attributes; do
    name=${attribute%=*}
    case $known in
      *"$name"*) ;;
      *)
        missing=$((missing + 1))
        temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" --name "$name" \
          --type "${attribute#*=}" || return 1
        ;;
    esac
  done
  [ "$missing" -eq 0 ]
}

tries=60
until refusal=$(make_what_is_missing 2>&1); do
  tries=$((tries - 1))
  if [ "$tries" -le 0 ]; then
    echo "the namespace $TEMPORAL_NAMESPACE with its search attributes cannot be made at $TEMPORAL_ADDRESS: $refusal" >&2
    exit 1
  fi
  sleep 1
done
