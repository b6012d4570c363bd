# Counts words of generated text for ever, by a pipeline of five processes beside one that watches over it. It knows nothing of
# Standdown: whoever ends it has to find them all.
( while :; do sleep 60; done ) &
while :; do
  awk 'BEGIN { srand(); for (n = 0; n < 200000; n++) print "word" int(rand() * 1000) }' |
    tr a-z A-Z | sort | uniq -c | sort -rn | head -n 1
  sleep 1
done
