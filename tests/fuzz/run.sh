#!/usr/bin/env bash
# Builds the fuzzers and runs one after the other: tests/fuzz/run.sh [--merge] [seconds for each, 60] [target...]
#
# What they find new is kept in build/fuzz/found, what breaks a promise in build/fuzz/broken, and how long they ran, in
# seconds of a processor, in build/fuzz/runs. With --merge, what reaches more of the code than the corpus does is put
# into that afterwards.
# Ends with 1 when a promise was broken.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."

merge=false
if [[ ${1:-} == --merge ]]; then
  merge=true
  shift
fi
seconds=${1:-60}
shift || true
targets=("$@")
if [[ ${#targets[@]} -eq 0 ]]; then
  for file in tests/fuzz/*_target.cpp; do
    name=${file##*/}
    targets+=("${name%_target.cpp}")
  done
fi

cmake/install_packages.sh build tests fuzz
cmake --preset fuzz >/dev/null
cmake --build build/fuzz --target "${targets[@]/#/fuzz_}"

# The corpus stays small because inputs do: this much of an input counts.
declare -A longest=([session]=256 [http_request]=1024 [parser]=1024)
failed=0
printf '%-20s %12s %10s %8s %6s\n' target executions per_second coverage new
for name in "${targets[@]}"; do
  found=build/fuzz/found/$name
  broken=build/fuzz/broken/$name
  log=build/fuzz/$name.log
  mkdir -p "$found" "$broken"
  # Where inputs reach much, finding the rarest (entropic) takes ten times as long as running them.
  options=(-max_len="${longest[$name]:-512}" -timeout=20 -rss_limit_mb=2048 -entropic=0)
  dictionary=tests/fuzz/dictionaries/$name.dict
  [[ -e $dictionary ]] && options+=(-dict="$dictionary")
  result=ok
  TIMEFORMAT='%U %S'
  { time build/fuzz/tests/fuzz/fuzz_"$name" "${options[@]}" -max_total_time="$seconds" -print_final_stats=1 \
    -artifact_prefix="$broken/" "$found" "tests/fuzz/corpus/$name" >"$log" 2>&1 || result=broken; } 2>build/fuzz/time
  number() { grep -a "^stat::$1:" "$log" | grep -o '[0-9]*$' || echo 0; }
  coverage=$(grep -ao 'cov: [0-9]*' "$log" | tail -1 | cut -d' ' -f2)
  executions=$(number number_of_executed_units)
  printf '%-20s %12s %10s %8s %6s\n' "$name" "$executions" "$(number average_exec_per_sec)" "${coverage:-?}" \
    "$(number new_units_added)"
  printf '%s\t%s\t%s\n' "$name" "$(awk '{print $1 + $2}' build/fuzz/time)" "$executions" >>build/fuzz/runs
  if [[ $result == broken ]]; then
    failed=1
    grep -aE 'broken promise|ERROR:|runtime error|SUMMARY' "$log" || tail -5 "$log"
    ls "$broken"
  elif $merge; then
    # What reaches the same code more often is left out: it would be hundreds.
    build/fuzz/tests/fuzz/fuzz_"$name" "${options[@]}" -merge=1 -use_counters=0 \
      "tests/fuzz/corpus/$name" "$found" >>"$log" 2>&1
  fi
done

echo
echo "All runs in build/fuzz so far:"
awk -F'\t' '{s[$1] += $2; n[$1] += $3; all += $2}
  END {
    for (t in s) printf "%-20s %8.3f h %15d executions\n", t, s[t] / 3600, n[t]
    printf "%-20s %8.3f h\n", "~ all", all / 3600
  }' build/fuzz/runs | sort
exit $failed
