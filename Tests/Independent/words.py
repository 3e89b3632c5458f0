#!/usr/bin/env python3
"""The words of a text, by ICU's properties and normalization: what freshet-fields(5) says, a second time.

    words.py --table        prints Sources/Common/Words/UnicodeTable.swift, which the product's analysis is made from
    words.py --records N    prints N records of random text: id, plain, english, french
    words.py < text         prints the words of standard input, one a line

Unicode 15.0, which is that of ICU 72 (Debian 12's python3-icu): with another version it ends with 77.
"""

import ctypes
import functools
import json
import random
import re
import sys

import icu
from icu import Char, UCharCategory, UProperty

NFC = icu.Normalizer2.getNFCInstance()
NFD = icu.Normalizer2.getNFDInstance()
NFKD = icu.Normalizer2.getNFKDInstance()
CASEFOLD = icu.Normalizer2.getNFKCCasefoldInstance()
LONG = icu.UPropertyNameChoice.LONG_PROPERTY_NAME
SHORT = icu.UPropertyNameChoice.SHORT_PROPERTY_NAME
MARKS = {UCharCategory.NON_SPACING_MARK, UCharCategory.ENCLOSING_MARK}
# Scripts whose marks are no part of a letter, as in UTR #30's DiacriticFolding.
DIACRITICS = {"Zinh", "Latn", "Grek", "Cyrl", "Hebr", "Arab"}
# What UTR #30, as Lucene's ICUFoldingFilter has it, adds for letters in use that don't decompose.
LETTERS = dict(zip("æðøþđħıłŋœŧ", ["ae", "d", "o", "th", "d", "h", "i", "l", "n", "oe", "t"]))
LETTERS.update({"\u0640": "", "\u0629": "\u0647", "\u0649": "\u064a", "\u06a9": "\u0643", "\u06cc": "\u064a"})
VOICING = {"\u309b": "\u3099", "\u309c": "\u309a"}
NNBSP = "\u202f"


def category(c):
    return Char.getPropertyValueName(UProperty.GENERAL_CATEGORY, Char.charType(c), SHORT)


def vanishes(c):
    if c in "\u3099\u309a":
        return False
    if Char.hasBinaryProperty(c, UProperty.DEFAULT_IGNORABLE_CODE_POINT) or category(c) in ("Cf", "Zs"):
        return True
    return Char.charType(c) in MARKS and icu.Script.getScript(c).getShortName() in DIACRITICS


def fold_once(text):
    kept = [c for c in NFKD.normalize(CASEFOLD.normalize(text)) if not vanishes(c)]
    digits = [chr(48 + Char.charDigitValue(c)) if category(c) == "Nd" else c for c in kept]
    return "".join(LETTERS.get(c, c) for c in digits)


@functools.lru_cache(None)
def fold(c):
    """What a scalar of a word becomes."""
    if "\uac00" <= c <= "\ud7a3":
        return c
    while (folded := fold_once(c)) != c:
        c = folded
    return "".join(";" if k == "\u2044" else k for k in c if k == "\u2044" or category(k)[0] in "LMN").rstrip(";")


def word_break(c):
    return Char.getPropertyValueName(UProperty.WORD_BREAK, Char.getIntPropertyValue(c, UProperty.WORD_BREAK), LONG)


@functools.lru_cache(None)
def kind_and_text(c):
    """The kind of a scalar, and what stands for it in a word."""
    wb = word_break(c)
    if wb in ("MidLetter", "MidNum", "MidNumLet", "Single_Quote", "Double_Quote"):
        default = {"MidLetter": ":", "MidNum": ",", "MidNumLet": "'"}.get(wb, c)
        plain = NFKD.normalize(c)
        return wb, plain if plain in set(".:,;'\"") else {"\u2044": ";"}.get(c, default)
    if c == "\u066b":
        return "MidNumLet", "."
    if wb == "ExtendNumLet":
        return ("Space", "") if c == NNBSP else (wb, "_")
    if c in VOICING:
        return "Extend", VOICING[c]
    if wb in ("Format", "ZWJ", "Extend", "ALetter", "Hebrew_Letter", "Katakana", "Numeric"):
        text = fold(c)
        return ("Vanishing" if text == "" else "Extend" if wb == "Format" else wb), text
    if category(c)[0] in "LN":
        complex = Char.getIntPropertyValue(c, UProperty.LINE_BREAK) == 24
        return "Complex" if complex else "Single", fold(c)
    return "Separator", " "


@functools.lru_cache(None)
def lowered(c):
    """As kind_and_text, with the letter that a stemmer wants to see: in lower case, with its marks."""
    kind, text = kind_and_text(c)
    has_marks = "\u00c0" <= c < "\u0e00" or "\u1e00" <= c < "\u2000"
    if c < "\x80":
        text = text.lower()
    elif has_marks and text and Char.hasBinaryProperty(c, UProperty.ALPHABETIC) and kind not in ("Separator", "Vanishing"):
        text = c.lower()
    return kind, text


LETTER = ("ALetter", "Hebrew_Letter")
ALNUM = LETTER + ("Numeric",)
JOINED = {(a, b) for a in ALNUM for b in ALNUM} | {(a, a) for a in ("Katakana", "ExtendNumLet", "Complex")}
JOINED |= {p for a in ALNUM + ("Katakana",) for p in ((a, "ExtendNumLet"), ("ExtendNumLet", a))}


def joins_over(left, middle, right):
    """WB6, WB7, WB7b, WB7c, WB11, WB12; and a narrow no-break space."""
    if middle == "Double_Quote":
        return left == right == "Hebrew_Letter"
    if middle == "Space":
        return left in ALNUM and right in ALNUM
    if left in LETTER and right in LETTER:
        return middle in ("MidLetter", "MidNumLet", "Single_Quote")
    return left == right == "Numeric" and middle in ("MidNum", "MidNumLet", "Single_Quote")


def segments(scalars):
    """Segments by UAX #29 as lists of (kind, text), of scalars that don't vanish."""
    segment = []
    last = "Separator"
    for i, (kind, text) in enumerate(scalars):
        following = next((k for k, _ in scalars[i + 1 :] if k != "Extend"), "Separator")
        if kind == "Extend":
            # Only behind a letter does a mark count.
            if segment and (segment[-1][0] in LETTER + ("Katakana", "Single", "Complex", "Extend")):
                segment.append((kind, text))
            continue
        middle = kind in ("MidLetter", "MidNum", "MidNumLet", "Single_Quote", "Double_Quote", "Space")
        joins = (
            joins_over(last, kind, following)
            or (last == "Hebrew_Letter" and kind == "Single_Quote")
            or (isinstance(last, tuple) and joins_over(last[0], last[1], kind))
            or (last, kind) in JOINED
        )
        if not joins:
            if segment:
                yield segment
            segment = []
        if joins and last == "Hebrew_Letter" and kind == "Single_Quote":
            text = "\u05f3"
        if joins and kind == "Double_Quote":
            text = ":"
        segment.append((kind, text))
        last = (last, kind) if middle and joins else kind
    if segment:
        yield segment


def tokens(text, form="folded"):
    """The words of a text, folded, or as stemmers want them."""
    for chunk in re.split("[\0-\x20]+", text):
        yield from words_of_chunk(chunk, form)


@functools.lru_cache(1 << 18)
def words_of_chunk(chunk, form):
    scalars = [kind_and_text(c) if form == "folded" else lowered(c) for c in chunk]
    scalars = [s for s in scalars if s[0] != "Vanishing"]
    words = []
    for segment in segments(scalars):
        if any(kind in ALNUM + ("Katakana", "Single", "Complex") for kind, _ in segment):
            word = "".join(text for _, text in segment)
            words.append(compose(word) if form == "folded" else word)
    return words


def compose(word):
    """Marks in canonical order; Hangul syllables whole."""
    if word.isascii():
        return word
    return re.sub("[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|[\uac00-\ud7a3][\u11a8-\u11c2]", hangul, NFD.normalize(word))


def hangul(match):
    return NFC.normalize(match.group())


@functools.lru_cache(None)
def stemmer(language):
    return Stemmer(language)


class Stemmer:
    """libstemmer's, by its C interface."""

    def __init__(self, language):
        self.library = ctypes.CDLL("libstemmer.so.0d")
        self.library.sb_stemmer_new.restype = ctypes.c_void_p
        self.library.sb_stemmer_stem.restype = ctypes.c_void_p
        self.stemmer = ctypes.c_void_p(self.library.sb_stemmer_new(language.encode(), b"UTF_8"))

    @functools.lru_cache(None)
    def stem(self, word):
        """The stem of a lowered word, folded."""
        data = word.encode()
        found = self.library.sb_stemmer_stem(self.stemmer, data, len(data))
        stem = ctypes.string_at(found, self.library.sb_stemmer_length(self.stemmer)).decode()
        return fold_word(stem) or fold_word(word)


def fold_word(word):
    scalars = [kind_and_text(c) for c in word]
    return compose("".join(text for kind, text in scalars if kind != "Vanishing")).lower()


# The table


KINDS = {"Vanishing": "v", "Extend": "m", "Hebrew_Letter": "h", "Katakana": "k", "Single": "s", "Complex": "x", "Space": "n"}


def kind_letter(u):
    if 0xD800 <= u < 0xE000:
        return None
    kind = kind_and_text(chr(u))[0]
    if kind == "Separator":
        return None
    if "\u1161" <= kind_and_text(chr(u))[1][:1] <= "\u1175" or "\u11a8" <= kind_and_text(chr(u))[1][:1] <= "\u11c2":
        return "j"
    return KINDS.get(kind, "p")


def kinds():
    """Items `<kind><gap>` or `<kind><gap>+<length>`, in hex: the gap to the end of the range before, its length if not 1."""
    end = start = 0x80
    last = None
    for u in range(0x80, 0x110001):
        kind = kind_letter(u) if u < 0x110000 else None
        if kind != last:
            if last is not None:
                yield "%s%X" % (last, start - end) + ("+%X" % (u - start) if u - start > 1 else "")
                end = u
            start, last = u, kind


def folds():
    """Items `@<scalar>` and, for the scalars from there on, `<scalars>`: `*n` times the same, or `/n` times the next each."""
    entries = []
    for u in range(0x80, 0x110000):
        if kind_letter(u) not in (None, "v", "n"):
            text = kind_and_text(chr(u))[1]
            if text != chr(u):
                entries.append((u, [ord(c) for c in text]))
    position, i = None, 0
    while i < len(entries):
        u, text = entries[i]
        same = rising = 1
        while i + same < len(entries) and entries[i + same] == (u + same, text):
            same += 1
        while len(text) == 1 and i + rising < len(entries) and entries[i + rising] == (u + rising, [text[0] + rising]):
            rising += 1
        n = max(same, rising)
        if position != u:
            yield "@%X" % u
        yield ".".join("%X" % c for c in text) + ("" if n == 1 else "*%X" % n if same >= rising else "/%X" % n)
        position = u + n
        i += n


def literal(items):
    line = ""
    for item in items:
        if len(line) + len(item) > 104:
            yield "    " + line
            line = ""
        line += (" " if line else "") + item
    yield "    " + line


def records(count):
    """Texts of known words, and of any scalars near each other."""
    seeded = random.Random(15)
    known = "don't Running runs cities l'eau d’été chevaux naïveté ÉCOLE straße 3.5 1,000 צה\"ל א' ﬁn ｶﾞ ﷺ ½ 12\u202f000".split(" ")
    signs = " '.:,;_\"’·-\u0301\u200d\u00ad\u202f\u3099\u094d\u093c"
    starts = [0x20, 0xC0, 0x370, 0x400, 0x590, 0x600, 0x900, 0xE00, 0x1100, 0x1E00, 0x2000, 0x3040, 0x4E00, 0xAC00, 0xF900, 0xFB00, 0xFF00]
    for number in range(count):
        words = []
        for _ in range(seeded.randrange(40)):
            start = seeded.choice(starts)
            run = [chr(start + seeded.randrange(0xC0)) for _ in range(seeded.randrange(1, 8))]
            run += seeded.choices(signs, k=seeded.randrange(4))
            seeded.shuffle(run)
            words.append(seeded.choice(known) if seeded.random() < 0.4 else "".join(run))
        text = " ".join(words)
        yield json.dumps({"id": number, "plain": text, "english": text, "french": text}, ensure_ascii=False)


TABLE = '''\
/// What each scalar above ASCII is in a word, and what it becomes, by Unicode 15.0. Made by Tests/Independent/words.py.
enum UnicodeTable {{
  /// Ranges from U+0080 on: a letter for the kind (ScalarKind), the gap to the end of the range before, its length if not 1.
  static let kinds: StaticString = """
{kinds}
    """

  /// From the scalar behind `@` on, what each becomes: scalars joined by dots; `*n` n scalars the same, `/n` n scalars one
  /// that rises by 1 each. What isn't here stays as it is.
  static let folds: StaticString = """
{folds}
    """
}}
'''


def main():
    if icu.UNICODE_VERSION != "15.0":
        print("ICU has Unicode %s, not 15.0" % icu.UNICODE_VERSION)
        sys.exit(77)
    if sys.argv[1:] == ["--table"]:
        print(TABLE.format(kinds="\n".join(literal(kinds())), folds="\n".join(literal(folds()))), end="")
    elif sys.argv[1:2] == ["--records"]:
        sys.stdout.reconfigure(encoding="utf-8")
        for record in records(int(sys.argv[2])):
            print(record)
    else:
        sys.stdout.reconfigure(encoding="utf-8")
        for word in tokens(sys.stdin.buffer.read().decode("utf-8", "replace")):
            print(word)


if __name__ == "__main__":
    main()
