#!/bin/sh
# Makes the namespace and the search attributes that runs show in Temporal's lists. Safe to run again. Takes
# TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and RETENTION from the environment.
set -eu

tries=30
until temporal operator cluster health >/dev/null 2>&1; do
  tries=$((tries - 1))
  if [ "$tries" -le 0 ]; then
    echo "no Temporal server answers at $TEMPORAL_ADDRESS" >&2
    exit 1
  fi
  sleep 2
done

if ! temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
fi

# A namespace that was made a moment ago is known to the whole server a little later.
known=''
tries=30
until known=$(temporal operator search-attribute list --namespace "$TEMPORAL_NAMESPACE" 2>/dev/null); do
  tries=$((tries - 1))
  if [ "$tries" -le 0 ]; then
    echo "the server does not list the search attributes of $TEMPORAL_NAMESPACE" >&2
    exit 1
  fi
  sleep 1
done

for attribute in MipnetSplit=Keyword MipnetPlan=Keyword MipnetDataset=Keyword MipnetStatus=Keyword \
  MipnetObjective=Double MipnetGap=Double MipnetAccuracy=Double MipnetRound=Int MipnetOutstanding=Int; do
  name=${attribute%=*}
  case $known in
    *"$name"*) ;;
    *) temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" --name "$name" --type "${attribute#*=}" ;;
  esac
done
