#!/usr/bin/env bash
# Run the parts of `make test` one after the other; print each one's budget and seconds at the end.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Seconds on 2 cores; together they stay below 20 minutes. A budget is a promise to the people who
# wait, not a test: a busy machine only shows as "over".
parts=(
  "check 120"
  "suite 780"
  "suite-15 240"
)

table=""
failed=0
began=$SECONDS
for part in "${parts[@]}"; do
  read -r name budget <<<"$part"
  printf '\n== make %s (budget %s s)\n' "$name" "$budget"
  start=$SECONDS
  if make "$name" </dev/null; then result=passed; else result=FAILED failed=1; fi
  used=$((SECONDS - start))
  [ "$used" -le "$budget" ] || result+=", over"
  table+=$(printf '%-10s %6s s %6s s  %s' "$name" "$budget" "$used" "$result")$'\n'
done
printf '\n%-10s %8s %8s\n%s%-10s %6s s %6s s\n' \
  part budget used "$table" together 1200 "$((SECONDS - began))"
exit "$failed"
