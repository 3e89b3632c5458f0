internal import Failures
