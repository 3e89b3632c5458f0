import Foundation

/// Files that other programs made, in base64.
enum Fixtures {
  /// 90 records, `{"k":...,"t":...,"n":...}`, by Python's gzip at level 9, with dynamic Huffman codes and a file name.
  static let gzip = decode(
    """
    H4sICAAAAAAC/3JlY29yZHMubmRqc29uAG1Y267bOAx8368QzvMi8E2W3L+xN45h2KmL+HgfUuy/L4eUKAYo0JM6gSSSw+GQ
    8u+v7evH16/q6++vb3r4Ob/W4+d7ds/1uTp6pN9/fv3wfXPz//31WxbXafFEix3teK2yqqmHW62rmrTq17Gf47/jTzfNz/V+
    uPmf7Rzpg43Q79sou4e2MjbasnsZl9Et4+M6R0frySa59rjce74f35ds7uNw63RzVzY/rtd6Yvv9oG/JUtPfel3s02JyCb5R
    PPcjrfPh1uq6Pq3bxv1AKO5+bHSqgxMLe5ZcaRvjSki7vskPgpM3uf3gYKaZNpE9x0HSBz2nMyoDZNQjdkbvfuyHroy+uw26
    dCiBv2f6QEzL+J73A0+Piz7ZECzudIxmzlv46qpAQpF9X7DohBr0QJ/PVY65H0js/eBv+bC262+hHJbZQnnbD0DwWumQx0X5
    p2+0bxtLZrrOIF43H6zE3r1kse69yWKdCfO4tvEJC3Q+EJtmt43MPSE07SefldlNO9xiOSUzh9bSRpDuuSLQ97yMyNQ0n4mu
    daysq5lFd8J0G4WpgIx2PlfGMeWrD7aSMqnOkZwkMtGux/W4BKZpTmwIwUYa1MfvSyqLPGRGalR9X1vnojon6xkQVyLpLQRD
    AZ2cB2/oWKlX2kv77sRe/MbJf6QC7Jra1n6l2Zg4zdv4fTGmtOW5EhX4QESQE98bAja1oTxhCUhZNmRx6IdbUxY3Gh0DvsMt
    XdpFA0TTKnQT2EH/hA7CRUIkc9g3wXC4ybTgqE8U8EIJozCA5hMCQ5CSh1nLuhhNVTb+c7sQCnsX0pLEi66yAGReQONYahAZ
    BYg0n7rJ15U1k4nBRZLYhH10ABB0xbvBghJLtXN+HJf5CdVlgaZ/WnSB0mxwMXqzQWRfK7TAsda+kGY1WdsG0laaXw5PaoxF
    C/5uVHb4gQvHFamrrWy3teaS4GeS7BBjU6HBG0jbRkvN5SwjmsL8tlWvQAZAP82Lcs4G3nblsAk1kpSvaq1Fr30S51EctBBx
    MQMIL42sHrxFp9c8ilKREfqkoptmQOMgcX/0KpRK2AlX4hjymBvFBxpRu9k2wjtyDcVGNUE2AbsgSWWCnO5gnpLAV1YwWkMC
    KijtyLUVhK7SbLGRlyj0ixNPFvEjqLdTe5xmsqrGuq41xd7lrCfZO0eZVJh9eEoetrY3dI0CSla57LnL5z7fRzt5dEUknOGK
    99FA3XXKlWnmlLAGMO3pK8tsRr5tWnu819KWoegcZSiScLKeDtHuKYxQ1W6aaCeeUCSGznpcXLycOJ5+EpY2gqhncuHfgQzA
    T43eZLu2WA6KDjNTmyq6LraCAQ6yj5HLCYEZbQdCLmNuanGwI4fP/FhGmSgYEWk/6MIUzjtvpHZViOVrhVPIBN5S0oj7by67
    aYZY5yz2RN0ifb7RKnhcPC1wF6YA0ONgG2Uksw99456VtSgY5fWtykESstxFbM35Tl11GJ1lHCwzX1ublHtfUs5j05N7poxf
    Ms3kgcLbiPrCAzr5pLYLArxnyYhjUc5gdJWdK3womnaO0g5FhZOhj/ncR+3wKvJNtDLmzSDBRtGD8gwFcU1ED53BqK/UCW6z
    5IAkFaMOJRZhcMtAul86PtR1Zyz3tfqGWWPiVutyWG8y77L15iNDfWPn50Re6F+el1PnfrGIpeqOraFj36rmc1XJpCQS+33x
    VtS4VBmykw4hsSx06g1RuIdq/VIHNGF6ZS9gBcm55lmB+GoCiHQmbL29VPS9FpxMYzw7vVYec+EtxlDkSYa+XLMf9kNBK0Pl
    IDkongxOY+MykwYsIjlyc1pGYRz96T0qVoNhZz9oThMnyE+kksUfc8SfOB1s23HS0CZUn3voxdH2slAr/XCkOMd6ngR6GSGS
    8v2ebmOpFZO7RV1DozxwSLhWeegshKH0Gjptw10rl1sdrRyErrR25PfNBFIWD/ZSEQoveO7jqwGunPQftPQ9ZxVrW0uJUC4j
    Ipy4NzpcbgH3hNGMEXDcYEAX+svuIi6DYyi1L8nm6iMHcA9WfWwrb3p7iEpJSo8wCpaFjSj41PRF6GWYKkKCQaEIYRgK116r
    XF9IC/k+yBUpY05yPtiBOJZeJNOaJq+LtpPHcktxMuKh6LTeYm8n+tjoYpAd0Ak2qHAunTzNIGX5TmDTGj+kRSrFyf1gGbkG
    NpRreR2Rq7YbbBFGc5fhGxlifK1lFm3t5BHLtMI4yNTq+K2AFK5TDfsEsbwu4UGHGzh3Ir7KvVaXTnTS2E4VuSHaNxoxaN3z
    aIAdEFIuyvLewM5mMeobB46L3zbgrY0D8xe9HdibYRzsOy2skgbILspgC+XYUaRopOVCFPhlx/8TOk52RxMAAA==
    """)

  /// The same records by `zstd -19 --check`.
  static let zstd = decode(
    """
    KLUv/QRoLTYAtq15HGBH67Cv/J6W3AyGC+2jKCKUFNdt7yMjKAhAmgN3AHAAbwATUWLRw4fTeMgSbyxRajioH34Bm1C2Hmrh
    HcLFNH9f6EN/yQyM1BcoDal8IV2cxjmD6jSRL1ii01AX1eU0vKk3b4Ywyp/LN8D0C3ewpQUvcAmfoOygtrioawEO0FASEiAU
    Cu/UHe5QlhTeRVZACAEEgoAgQHgEg95aqTuYWCS/IM5Db6h0n+fSHc+bPIULcqnLmKEPLKUMKrG63JLURXcg/hax5RjT+EIl
    7U2JrYkwM1vTmMYX6s8lp0T9ufgFItolW95Y4g62elCmPGXr8DeNRWlh2XP8seShiw/VxeUhHfPFF+54qAEJpWbrQGjNQcWo
    gffhRAoyia0k6u6QOvHWkGpv2tQdW/SZRpfSKkGmGJdsndMI6elUjnG5x5zzHsbojrMT0UQgqGxNxJ+/Rv1QWeKOh/ymoWzp
    NFwmpNblO2SIdUxjCWJMF4MYmlU1/BFlo7r4tnAABzwk5tZU8yYPXexWfFpJVX8sSdq0zbrY6jxvyqd0am3Tp/mhi4pNcxkQ
    YbjdsVjCxrDkIaty1nA6rIXZm1xmlRTRXZSnkQhkUFo17LqciNnBtCkJSZbo2nR240SIMxxmyXMRoS5NGES4qNJlgmqoouus
    VCQFKUxjAhmEYUCUiNKmD6LoWE2DHLqVnTG9nLrkCD10cItn8kfwxFMLVmNZFvWE6GS/ZuotS9x8RmOSxQwxdTnN6gCiRi9T
    Rwc/t09X3LLEfPXFCJgrYCH5j+nzdrUaliuz0FssSDz2ORsrG/lnAiGu5A5MSQjI1j3oaISCLWfwokkZaJHY5hqN4fOWn/uI
    +Qh4iqGrqkec2+BNNM82U3kcO7BBbPg8ugLFlIHU6nB+kkL/Cb2NfZNMmwUsE1uhImIvEP9DPxwJ7w9XoRINWdq390iThSOv
    K7A/T17XRrKFDcgqlEcLanqm271KMht5yvGkWnA2GetTLoieHqTvZ2XDMl4grLYEqpSdzToLNHNmyjTIBrvDUTVI30JPXLC9
    isr44WWoqHcOUIKSJpguAHJr+RE+6/C/kwkNppsPXj0Nu8Zawg0g4/yaUS44X7dJKMxSVS85z/5C1mYubPFUifBtJIgFaGdH
    YxdYMZEcRG8TEkRcM8c6daFAOa9N0cO+y3JdKHcH9KSxkPo+R0eiJemIOh3+PfqdBfoMHvHSvvNL+hKzjlsSZN1xX7448slg
    kva+NjN5oAhYQofG8DppG3R82ku3M29I/My0PoUQAvm5jZaSDyR27BizkmBEmKPjaDv7UTY4o0y4fix6Rsp3P6Jlx0VtkEGq
    Zf5bwCeImV9l2o+upy9PnupVUN0xCeZ8M4NOODzZXvA+W0rokEnmAuR88Zl852PlMxF47+D3pZTml5wrTbwaKNUaIDXNF2ey
    ctg2veo/rV0alB3cNREvKw0IelUhIHVsp3ZACltoSjzOm5jR9q4fL7Dz+bwzsf475Sd6wjs+yr4ASOvw+Se6Di6u5ALC864B
    p7+m1p/oeujnVq6QhJduKr40ACMCWvJtVloRUznEOMLSxx+gakl73e3W8GKWKBzvQ9H1ofRZ9Xf2Lgn0IUMpQdNAC7eiVx82
    SsD3Bhfkj3YDfqzgt57mX1IaB/2QIAV/qfy5VzoJgkx9kK89TZBeF0cWLoIH7NADlIwQLeQ0NK5kHvcgWba3gr2s55Dx7nZm
    u8XLKEBAWZm5Onk/5kmfWoFPf+cKPR3MZ2ldtOAisWfFVXoPmYfCLdjiBKluzty54Qm7aZstcQmcjYl746aAl2JvqM+8RTxA
    gxbsOQ65oeBVDh9J6+ohDvHRgPgTMegNMUU0GzfKRKkfdtVTMf+ysct0Izpn0UaCDDbsf42KTijgMLMhtHOszHSchAXi+Hx/
    w1DpGOsRTYJLOYZ48OlvhW5MY9NJFk5QDu0q1WLV1N4dQlP8yWLfUFg9eTbB1fOPDOb/nfAEwKO9n7cf0s7uaF6+ABAhPAOF
    mhGFyUkMzyCZ2VU0tuuWEwFt9ggrVWm8MwLLdVOR2eaSVD1zDcdW2oPgSoEAUyt5djYe2C/TQ0sAup3ditOFWrFus4bCCPJl
    NBpnqZdM8aE80+i6dHUW7dUbSz4KN3CVMeGhMwYVdz0UOcOUB3AATCLUFqHg7dWsjewZYqVc9yqJYIwvyq4eNeig9Qb2TLDH
    jJ8WiKL/z80MilCbMJTFuBUJHevOEDH20VQny8ZzgDANPgCWHwj70Rry+IOw0TCLK8A0PAbvROSa+lQ4YOd9oPNeIu6oeEqY
    qv4SgXhwO9p9Rsui9RDES054
    """)

  /// 4 MiB of zeros, 1,023 times as long as their gzip, and that in gzip again.
  static let gzipBomb = decode(
    """
    H4sIAAAAAAAC/5Pv5mAAAab/bw8yMgIZTQr/1+d5ODAyjIJRMApGwSgYBaNgFIyCUTAKRsEoGAWjYKiDGuksB3dBBgYHBgBI
    SIN1AhAAAA==
    """)

  /// 256 MiB of zeros by `zstd -19 --check`, twice.
  static let zstdBomb = decode(
    """
    KLUv/QRorQEAhAIotS/9BGhMAAAIAAEA/P85EAICABAARAAAAAEA/f/MCxABAAANYiqxAgAjrEDuvfqq2wSFLysb
    """)

  /// A record by `zstd --long=28 --ultra -22`, from a pipe: it asks for a window of 256 MiB.
  static let zstdWindow = decode(
    """
    KLUv/QSQUQAAeyJrIjoiYSJ9CvNJdhw=
    """)

  private static func decode(_ text: String) -> [UInt8] {
    Data(base64Encoded: text, options: .ignoreUnknownCharacters).map { Array($0) } ?? []
  }
}
