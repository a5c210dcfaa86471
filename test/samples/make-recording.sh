#!/bin/sh
# Makes recording.wav and recording.mp3 in this folder. Needs espeak-ng and ffmpeg.
# Each line: who, start in milliseconds, words. Agent left, customer right; the customer cuts in at 12 s.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > "$work/dialogue" <<'LINES'
agent    400   Harbour Dental, this is Nora speaking. How can I help?
customer 3900  Hi, my name is Paul Becker. I would like to book a cleaning.
agent    7900  Sure, Paul. Would Thursday the twelfth suit you, at half past nine?
customer 12000 Sorry, I work in the morning.
agent    14500 No problem. There is also ten past four in the afternoon.
customer 18200 Ten past four is perfect, thank you.
agent    20700 Great. May I have a phone number, please?
customer 23300 It is 5 5 5, 0 1 4 2.
agent    27600 Thank you, Paul. You are booked. See you on Thursday.
customer 31300 Wonderful. Bye bye.
LINES

# One track: its lines at their times over faint line noise, cut to the band of a telephone.
track() {
  voice=$2
  inputs='' filters='' labels='' n=0
  while read -r who start words; do
    [ "$who" = "$1" ] || continue
    espeak-ng -v "$voice" -s "$3" -w "$work/$1-$n.wav" "$words" < /dev/null
    inputs="$inputs -i $work/$1-$n.wav"
    filters="$filters[$n]adelay=$start[line$n];"
    labels="$labels[line$n]"
    n=$((n + 1))
  done < "$work/dialogue"
  ffmpeg -nostdin -v error -y $inputs -f lavfi -i "anoisesrc=d=33.5:c=pink:a=0.0025:seed=$4" -filter_complex \
    "$filters$labels[$n]amix=inputs=$((n + 1)):normalize=0:duration=longest,highpass=f=300,lowpass=f=3400,atrim=0:33.5" \
    -ar 8000 "$work/$1.wav"
}

track agent en-us+f3 165 11
track customer en-gb+m3 160 22
ffmpeg -nostdin -v error -y -i "$work/agent.wav" -i "$work/customer.wav" -filter_complex 'join=inputs=2:channel_layout=stereo' \
  -c:a pcm_mulaw -fflags +bitexact -map_metadata -1 recording.wav
ffmpeg -nostdin -v error -y -ss 3.5 -t 5 -i recording.wav -c:a libmp3lame -b:a 32k -ar 16000 -fflags +bitexact -map_metadata -1 recording.mp3
