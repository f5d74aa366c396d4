extension MeasuredDial {
  /// The study that this version carries; `script/dial-study` writes this file.
  package static let study: MeasuredDial? = MeasuredDial(
    command: "script/dial-study",
    setting:
      "6 frames of 24 × 24 in and 4 out, 800 training sequences, about 100000 parameters, at most 12 epochs",
    contenders: ["conv2d-lstm", "convlstm2d"],
    runs: [
      (0.0, 1, -0.0073, [0.9985, 0.9714], 1.7239, 0.9633),
      (0.0, 2, 0.0021, [0.9955, 0.9703], 1.7492, 0.9633),
      (0.0, 3, -0.0078, [0.9980, 0.9715], 1.7340, 0.9633),
      (0.25, 1, 0.0389, [0.9898, 0.9353], 1.7268, 0.8596),
      (0.25, 2, 0.0423, [0.9933, 0.9459], 1.7434, 0.8596),
      (0.25, 3, 0.0303, [0.9917, 0.9466], 1.7387, 0.8596),
      (0.5, 1, 0.1329, [0.9540, 0.8278], 1.7308, 0.6674),
      (0.5, 2, 0.1423, [0.9564, 0.8246], 1.7444, 0.6674),
      (0.5, 3, 0.1302, [0.9516, 0.8336], 1.7336, 0.6674),
      (0.75, 1, 0.2220, [0.8678, 0.6138], 1.7352, 0.4323),
      (0.75, 2, 0.2260, [0.8817, 0.6139], 1.7479, 0.4323),
      (0.75, 3, 0.2225, [0.8729, 0.6170], 1.7250, 0.4323),
      (1.0, 1, 0.2692, [0.6970, 0.3001], 1.7407, 0.1663),
      (1.0, 2, 0.2662, [0.6972, 0.2870], 1.7581, 0.1663),
      (1.0, 3, 0.2763, [0.6951, 0.2918], 1.7067, 0.1663),
    ].map { (row: (Double, UInt64, Double, [Double], Double, Double)) in
      Run(
        theta: row.0, seed: row.1, index: row.2, errors: row.3, persistence: row.4, optimum: row.5)
    })
}
