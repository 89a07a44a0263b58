"""What people write beside figures and when they send one back. Invented, in the words of such papers."""

from __future__ import annotations

REMARKS = (
    "Theo báo cáo tổng hợp của các thôn, cập nhật đến hết quý.",
    "Số liệu rà soát thực địa cùng ban phát triển thôn.",
    "Đã đối chiếu sổ theo dõi của công chức phụ trách.",
    "Đang chờ văn bản xác nhận của cấp trên, có tờ trình kèm theo.",
    "Đã niêm yết công khai tại nhà văn hóa các thôn.",
)
NUMBER_REMARKS = (
    "Có danh sách hộ kèm theo, lưu tại văn phòng UBND xã.",
    "Hộ còn thiếu chủ yếu là hộ già cả neo đơn, xã đang vận động hỗ trợ.",
    "Tổng hợp từ sổ theo dõi của các thôn, đã loại các hộ đi vắng lâu ngày.",
    "Đã đối chiếu với báo cáo quý gửi phòng chuyên môn.",
)

RETURNS = (
    "Minh chứng là ảnh chụp năm trước; đề nghị cập nhật hiện trạng.",
    "Biên bản kiểm tra chưa có chữ ký của ban giám sát cộng đồng.",
    "Chưa kèm văn bản xác nhận của cơ quan có thẩm quyền; đề nghị bổ sung.",
    "Kết quả chưa thống nhất với báo cáo quý của xã; đề nghị rà soát lại.",
)
NUMBER_RETURNS = (
    "Thiếu danh sách hộ kèm theo; đề nghị xã bổ sung trước khi gửi lại.",
    "Tử số và mẫu số chưa khớp với báo cáo quý đã gửi phòng; đề nghị rà soát lại.",
    "Cách tính chưa đúng hướng dẫn của Bộ: phải tính trên tổng số hộ thường trú.",
    "Chưa thống nhất với số liệu của Chi cục Thống kê; đề nghị đối chiếu lại.",
)

RETURNS_TO_LEAD = (
    "Kết quả thẩm tra chưa nêu căn cứ; đề nghị phòng ghi rõ biên bản kiểm tra.",
    "Số thẩm tra lệch với biên bản làm việc ngày kiểm tra; đề nghị phòng xem lại.",
)

RETURNS_BY_OFFICE = (
    "Hồ sơ chỉ tiêu chưa đủ thành phần theo hướng dẫn; đề nghị xã hoàn thiện.",
    "Số liệu chưa thống nhất giữa phiếu đánh giá và báo cáo tổng hợp của xã.",
)

PHU_BHYT_RETURN = (
    "Số người tham gia đang tính cả thẻ đã hết hạn trong quý III; đề nghị xã đối chiếu danh sách do BHXH huyện cấp "
    "đến ngày 30/9/2023 rồi gửi lại."
)
PHU_BHYT_REMARK = "Tính cả số thẻ học sinh gia hạn đầu năm học 2023-2024."
PHU_GAP_REMARK = (
    "Rà soát sau đợt nắng nóng tháng 6/2023: một số hộ vùng nuôi tôm còn dùng đường dây sau công tơ tự kéo, chưa an "
    "toàn; Điện lực đang lắp đặt lại."
)

MENDED = "Đã bổ sung minh chứng và rà soát lại theo yêu cầu."
ADJUSTED = "Số liệu đối chiếu của cơ quan thẩm tra."
DOUBTED = "Kiểm tra thực tế thấp hơn số xã tự đánh giá."
AGAIN = "Rà soát lại quý III năm 2023."
APPRAISED = "Theo biên bản thẩm định thực tế của đoàn thẩm định tỉnh."
