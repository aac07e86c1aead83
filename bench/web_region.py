#!/usr/bin/env python3
"""The sample region many times over: bench/web_region.py COPIES FROM TO

Copy 0 is the region itself. In every other copy each record has its number behind its name, refers to
records of its own copy, and says one sentence of another record of its industry instead of one of its
own, so that texts are alike and not equal. What must be unique and is not made up here (credit codes,
ORCIDs) is left out; introductions and every other kind are those of copy 0. The same arguments give the same bytes.
"""
import csv
import os
import random
import re
import shutil
import sys

NAME = {'org': 'name', 'person': 'name', 'resource': 'name', 'result': 'title', 'need': 'title'}
REFS = {'owner', 'parent', 'units', 'people', 'keeper'}  # names, a list of them parted by ；
ALONE = {'credit', 'orcid', 'short', 'email', 'masked.title', 'masked.body'}


def sentences(text):
    return [s for s in re.split('(?<=。)', text) if s.strip()]


def unsigned(step):
    part = step.split('|')
    if len(part) > 2:
        part[2] = ''
    return '|'.join(part)


def neighbours(rows):
    """industry -> bodies"""
    found = {}
    for row in rows:
        found.setdefault(row.get('industry', '')[:2], []).append(row.get('body', ''))
    return found


def changed(row, kind, copy, near, names):
    out = dict(row)
    dice = random.Random(f'{kind} {row["key"]} {copy}')
    out['key'] = f'{row["key"]}-{copy}'
    out[NAME[kind]] = row[NAME[kind]] + str(copy)
    for field in row:
        if field in REFS:
            out[field] = '；'.join(n + str(copy) if n in names else n for n in row[field].split('；'))
        elif field in ALONE:
            out[field] = ''
    if row.get('history'):  # the sample's accounts have no right to another copy: steps by nobody
        out['history'] = '；'.join(unsigned(step) for step in row['history'].split('；'))
    own = sentences(row.get('body', ''))
    other = sentences(dice.choice(near[row.get('industry', '')[:2]]))
    if len(own) > 1 and other:
        own[dice.randrange(len(own))] = dice.choice(other)
        dice.shuffle(own)
        out['body'] = ''.join(own)
    if kind == 'need' and row.get('secrecy') == 'masked':
        out['masked.title'] = row['masked.title'] + str(copy)
        out['masked.body'] = row['masked.body']
    return out


def main():
    copies, source, target = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    os.makedirs(target, exist_ok=True)
    tables = {}
    for kind in NAME:
        with open(f'{source}/{kind}.csv', encoding='utf-8', newline='') as f:
            tables[kind] = list(csv.DictReader(f))
    names = {row[NAME[kind]] for kind in tables for row in tables[kind]}
    for kind, rows in tables.items():
        near = neighbours(rows)
        with open(f'{target}/{kind}.csv', 'w', encoding='utf-8', newline='') as f:
            out = csv.DictWriter(f, rows[0].keys())
            out.writeheader()
            out.writerows(rows)
            for copy in range(1, copies):
                out.writerows(changed(row, kind, copy, near, names) for row in rows)
    for name in os.listdir(source):
        if name.endswith('.csv') and name[:-len('.csv')] not in NAME:
            shutil.copy(f'{source}/{name}', target)


main()
