internal import Glibc

/// Standard input, output and error, which a shell's `>&-` hands over closed.
enum StandardDescriptors {
  /// Holds those that are closed by /dev/null, opened the wrong way round: to read or write there fails as before,
  /// and no file that is opened later gets the number, and with it the lines that are meant for a person or a pipe.
  static func hold() {
    for number in Int32(0)...2 where fcntl(number, F_GETFD) < 0 {
      _ = open("/dev/null", number == 0 ? O_WRONLY : O_RDONLY)
    }
  }
}
