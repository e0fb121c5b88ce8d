#!/bin/sh
# Builds the hub in SOURCE and puts what runs into OUT: compiled server, web app, production packages. Needs Node 24 and npm.
set -eu
source=$1
out=$2
cd "$source"
npm ci --no-audit --no-fund
npm run build
npm prune --omit=dev --no-audit --no-fund
mkdir -p "$out/tools/image" "$out/bridges/matrix"
cp -R package.json LICENSE dist node_modules "$out/"
# node_modules links to the stand-in by its folder
cp -R bridges/matrix/crypto "$out/bridges/matrix/crypto"
cp tools/image/healthcheck.mjs "$out/tools/image/"
